"""The drawings behind every icon: a 24 by 24 grid, 1.8 wide strokes, round ends; one meaning each."""

from typing import Final

ICONS: Final[dict[str, str]] = {
    "inbox": '<path d="M3 13l3-8h12l3 8v6H3z"/><path d="M3 13h5l1.5 3h5L16 13h5"/>',
    "exchange": (
        '<path d="M4 9a8 8 0 0 1 14-2.5"/><path d="M18.5 2.5v4.2h-4.2"/><path d="M20 15a8 8 0 0 1-14 2.5"/>'
        '<path d="M5.5 21.5v-4.2h4.2"/>'
    ),
    "assist": (
        '<circle cx="12" cy="12" r="9"/><circle cx="12" cy="12" r="4"/><path d="M6 6l3 3m6 6 3 3M6 18l3-3m6-6 3-3"/>'
    ),
    "box": '<path d="M12 3l8 4.3v9.4L12 21l-8-4.3V7.3z"/><path d="M4.2 7.4L12 11.6l7.8-4.2M12 11.6V21"/>',
    "book": (
        '<path d="M12 6.5C10 5 7 4.5 3.5 4.5v13.5c3.5 0 6.5.5 8.5 2 2-1.5 5-2 8.5-2V4.5C17 4.5 14 5 12 6.5zM12'
        ' 6.5V20"/>'
    ),
    "people": (
        '<circle cx="9" cy="8" r="3.5"/><path d="M2.5 20c.5-4 3-6 6.5-6s6 2 6.5 6"/>'
        '<path d="M16 5a3.3 3.3 0 0 1 0 6.2M18.5 14.8c1.7.9 2.7 2.6 3 5.2"/>'
    ),
    "chart": '<path d="M4 20h16"/><path d="M6.5 16.5v-5M12 16.5v-11M17.5 16.5v-8" stroke-width="3"/>',
    "menu": '<path d="M4 7h16M4 12h16M4 17h16"/>',
    "user": '<circle cx="12" cy="8.5" r="4"/><path d="M4.5 20.5c.8-4.3 3.6-6.3 7.5-6.3s6.7 2 7.5 6.3"/>',
    "chev": '<path d="M9 5l7 7-7 7"/>',
    "arrow": '<path d="M4 12h15M13 6l6 6-6 6"/>',
    "check": '<path d="M5 12.5l4.5 4.5L19 7"/>',
    "okc": '<circle cx="12" cy="12" r="9"/><path d="M8 12.3l2.8 2.8L16 9.5"/>',
    "ring": '<circle cx="12" cy="12" r="8"/>',
    "half": '<circle cx="12" cy="12" r="8"/><path d="M12 4a8 8 0 0 1 0 16z" fill="currentColor"/>',
    "dash": '<circle cx="12" cy="12" r="8" stroke-dasharray="3.6 3.6"/>',
    "diamond": '<path d="M12 3l9 9-9 9-9-9z"/>',
    "two": '<circle cx="8.5" cy="12" r="5.5"/><circle cx="15.5" cy="12" r="5.5"/>',
    "tri": '<path d="M12 4L2.5 20h19z"/><path d="M12 10v4.5M12 17.2v.1"/>',
    "oct": '<path d="M8 3h8l5 5v8l-5 5H8l-5-5V8z"/><path d="M12 7.5v5.5M12 16.2v.1"/>',
    "bar": '<circle cx="12" cy="12" r="8"/><path d="M8 12h8"/>',
    "x": '<path d="M6 6l12 12M18 6L6 18"/>',
    "tilde": '<path d="M4 14c2.5-5 5.5-5 8-2s5.5 3 8-2"/>',
    "clock": '<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5.2l3.3 2"/>',
    "cal": '<path d="M4 6h16v14H4zM4 10.5h16M8.5 3v5M15.5 3v5"/>',
    "lang": (
        '<circle cx="12" cy="12" r="9"/>'
        '<path d="M3 12h18M12 3c3 3 3.8 6 3.8 9s-.8 6-3.8 9c-3-3-3.8-6-3.8-9S9 6 12 3z"/>'
    ),
    "search": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="M15.5 15.5L21 21"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "seat": '<circle cx="12" cy="7.5" r="3.8"/><path d="M4.5 20.5c.6-4.6 3.3-6.8 7.5-6.8s6.9 2.2 7.5 6.8z"/>',
    "truck": (
        '<path d="M2.5 6h11v11h-11zM13.5 10h4l4 4v3h-8z"/><circle cx="7" cy="18" r="2"/>'
        '<circle cx="17.5" cy="18" r="2"/>'
    ),
    "doc": '<path d="M6 3h8l4.5 4.5V21H6z"/><path d="M14 3v5h4.5M9 13h6.5M9 16.5h6.5"/>',
    "scan": '<path d="M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4M4 12h16"/>',
    "sun": (
        '<circle cx="12" cy="12" r="4"/>'
        '<path d="M12 2.5v2.5M12 19v2.5M2.5 12H5M19 12h2.5M5.3 5.3L7 7M17 17l1.7 1.7M18.7 5.3L17 7M7 17l-1.7'
        ' 1.7"/>'
    ),
    "radio": '<path d="M7 21V9h9v12zM13.5 9V3"/><path d="M9.5 12.5h4M9.5 16h4"/>',
    "grad": '<path d="M2 9l10-4.5L22 9l-10 4.5z"/><path d="M6 11v5.5c3.5 2.3 8.5 2.3 12 0V11M22 9v6"/>',
    "pin": (
        '<path d="M12 21c-4.5-5-6.5-8.2-6.5-11.2a6.5 6.5 0 0 1 13 0C18.5 12.8 16.5 16 12 21z"/>'
        '<circle cx="12" cy="9.8" r="2.3"/>'
    ),
    "lock": '<path d="M6 11h12v9.5H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3"/>',
    "down": '<path d="M12 4v11M7 10.5l5 5 5-5M4.5 20h15"/>',
    "print": '<path d="M7 9V3.5h10V9M7 17H4V9h16v8h-3M7 14h10v6.5H7z"/>',
    "info": '<circle cx="12" cy="12" r="9"/><path d="M12 11v5.5M12 7.5v.1"/>',
    "send": '<path d="M3.5 11.5L20.5 4l-6 16.5-3.3-6.7z"/><path d="M11.2 13.8L20.5 4"/>',
    "hand": (
        '<path d="M4.5 11.5v9h15v-9M3 7.5h18v4H3zM12 7.5v13"/>'
        '<path d="M12 7.5C10.5 2.5 6 3 6.5 5.5c.3 1.5 2 2 5.5 2zM12 7.5c1.5-5 6-4.5 5.5-2-.3 1.5-2 2-5.5 2z"/>'
    ),
    "eye": '<path d="M2 12c3-5 6.3-7 10-7s7 2 10 7c-3 5-6.3 7-10 7s-7-2-10-7z"/><circle cx="12" cy="12" r="3"/>',
    "edit": '<path d="M4 20l1-4.5L16 4.5l3.5 3.5L8.5 19z"/>',
    "shield": '<path d="M12 3l8 3v6c0 4.5-3 7.5-8 9.5-5-2-8-5-8-9.5V6z"/><path d="M8.5 12l2.5 2.5 4.5-5"/>',
    "chat": '<path d="M4 5h16v11H10l-4.5 4v-4H4z"/>',
    "save": '<path d="M5 4h11l3 3v13H5zM8.5 4v5h6V4M8 20v-6.5h8V20"/>',
    "filter": '<path d="M3.5 5h17L14 13v6l-4 1.5V13z"/>',
    "scale": '<path d="M12 4v16M7.5 20h9M5 7l7-2 7 2M5 7l-2.5 6.5h5zM19 7l-2.5 6.5h5z"/>',
    "flag": '<path d="M5 21V4M5 4.5c4-2.2 8 2.2 13.5 0v9c-5.5 2.2-9.5-2.2-13.5 0"/>',
    "mail": '<path d="M3 5.5h18v13H3z"/><path d="M3.5 6l8.5 7 8.5-7"/>',
    "out": '<path d="M14 4H5v16h9M10 12h10M16 7.5l4.5 4.5-4.5 4.5"/>',
    "undo": '<path d="M8.5 5L4 9.5 8.5 14M4 9.5h9.5a5.5 5.5 0 0 1 0 11H8"/>',
}
# Icons with a direction turn round in right-to-left text; clocks, checks and brand marks never do.
FLIP: Final = frozenset({"arrow", "book", "chat", "chev", "exchange", "out", "send", "tilde", "truck", "undo"})
