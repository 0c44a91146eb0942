"""Addresses of offers and needs: the same pages for both, each under its own word."""

from flask import Blueprint, url_for

from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.exchanges.models import Post

bp = Blueprint("exchanges", __name__, url_prefix="/<language:lang>/exchanges", template_folder="../templates")
BLUEPRINTS = (bp,)
PATHS = {PostKind.OFFER: "/offers", PostKind.NEED: "/needs"}
LISTS = {PostKind.OFFER: "exchanges.offers", PostKind.NEED: "exchanges.needs"}


def address(post: Post) -> str:
    return url_for(f"exchanges.{post.kind.value}", ref=post.ref)
