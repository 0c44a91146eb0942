// On the page of a check, and on the form of an item: scans labels, makes photos smaller, and keeps a check that was
// begun without a network until it can be sent. Every word it shows stands in the page; without it all still works.
const field = document.querySelector("[data-field]");
const form = document.getElementById(field.dataset.form);
const say = (name) => {
  for (const one of document.querySelectorAll("[data-say]")) one.hidden = one.dataset.say !== name;
};

// ------------------------------------------------------------------------------------------------ what waits to be sent
const store = () =>
  new Promise((done, failed) => {
    const opening = indexedDB.open("field", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("checks", { keyPath: "id" });
    opening.onsuccess = () => done(opening.result);
    opening.onerror = () => failed(opening.error);
  });
const kept = async (mode, act) => {
  const database = await store();
  return new Promise((done, failed) => {
    const transaction = database.transaction("checks", mode);
    const asked = act(transaction.objectStore("checks"));
    transaction.oncomplete = () => (database.close(), done(asked.result));
    transaction.onerror = () => failed(transaction.error);
  });
};
const keep = (check) => kept("readwrite", (checks) => checks.put(check));
const forget = (check) => kept("readwrite", (checks) => checks.delete(check.id));
const waiting = () => kept("readonly", (checks) => checks.getAll());

const token = () => form.elements.csrf_token.value;
const person = () => field.dataset.person;
const body = (check) => {
  const data = new FormData();
  for (const [name, value] of check.fields) data.append(name, name === "csrf_token" ? token() : value);
  return data;
};

// The one-time id goes with the check, so that sending it twice has one effect.
async function send(check) {
  let answer;
  try {
    answer = await fetch(check.action, { method: "POST", body: body(check), credentials: "same-origin" });
  } catch {
    return "kept";
  }
  const at = new URL(answer.url).pathname;
  if (answer.ok && at === check.done) {
    await forget(check);
    return "sent";
  }
  if (answer.redirected) return "signin";
  if (answer.status >= 500 || answer.status === 429) return "kept";
  await keep({ ...check, asks: true }); // a person must look: never sent again by itself
  return "asks";
}

// What was refused is shown by the portal itself, with what was typed.
function show(check) {
  for (const [name, value] of check.fields) {
    if (name === "csrf_token") continue;
    for (const one of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (one.type === "file") put(one, value);
      else if (one.type === "radio" || one.type === "checkbox") one.checked = one.value === value;
      else one.value = value;
    }
  }
  forget(check).then(() => form.submit());
}

function offer(check) {
  const link = document.querySelector("[data-say=asks] a");
  link.href = check.action;
  say("asks");
  if (check.action !== location.pathname) return;
  link.addEventListener("click", (event) => {
    event.preventDefault();
    show(check);
  });
}

async function sendAll() {
  for (const check of await waiting()) {
    if (check.person !== person()) continue;
    const outcome = check.asks ? "asks" : await send(check);
    if (outcome === "asks") offer(check);
    else say(outcome);
    if (outcome === "kept" || outcome === "signin") return;
  }
}

if (field.dataset.field === "check" && "indexedDB" in window) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const fields = [...new FormData(form)].filter(([, value]) => !(value instanceof File) || value.size);
    const check = {
      id: form.elements._once.value,
      person: person(),
      action: location.pathname,
      done: field.dataset.done,
      fields,
    };
    try {
      await keep(check);
    } catch {
      form.submit(); // no room to keep it
      return;
    }
    say("sending");
    const outcome = await send(check);
    if (outcome === "sent") location.assign(check.done);
    else if (outcome === "asks") show(check);
    else say(outcome);
  });
  addEventListener("online", sendAll);
  sendAll();
}

// ------------------------------------------------------------------------------------------------------------- photos
const WIDEST = 1600;
const put = (input, file) => {
  const files = new DataTransfer();
  files.items.add(file);
  input.files = files.files;
};
async function smaller(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, WIDEST / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.8));
  return blob && blob.size < file.size ? new File([blob], "photo.jpg", { type: "image/jpeg" }) : file;
}
for (const input of document.querySelectorAll("input[type=file][capture]"))
  input.addEventListener("change", async () => {
    const file = input.files[0];
    if (!file || file.size < 200000) return;
    try {
      put(input, await smaller(file));
    } catch {
      // not a picture that this browser reads: it is sent as it is
    }
  });

// ------------------------------------------------------------------------------------------------------------- labels
async function scan(place, video) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  const end = () => {
    for (const track of stream.getTracks()) track.stop();
    video.remove();
  };
  video.playsInline = video.muted = true;
  video.srcObject = stream;
  place.append(video);
  await video.play();
  const detector = new BarcodeDetector();
  const look = async () => {
    if (!video.isConnected) return end();
    const [found] = await detector.detect(video).catch(() => []);
    if (!found || !take(place.dataset.scan, found.rawValue)) return void setTimeout(look, 200);
    end();
  };
  look();
}
function take(what, text) {
  if (what !== "item") {
    form.elements[what].value = text.trim();
    form.elements[what].focus();
    return true;
  }
  const ref = /\/e\/(EQ-\d{4}-[0-9A-Z]{6})$/.exec(text);
  if (ref) location.assign(`/e/${ref[1]}`);
  return Boolean(ref);
}
if ("BarcodeDetector" in window && navigator.mediaDevices)
  for (const place of document.querySelectorAll("[data-scan]")) {
    place.hidden = false;
    place.querySelector("button").addEventListener("click", () => {
      const running = place.querySelector("video");
      if (running) running.remove();
      else scan(place, document.createElement("video")).catch(() => (place.hidden = true));
    });
  }
