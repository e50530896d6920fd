// Filters the list of vectors. Everything can be read without it.
"use strict";

const form = document.getElementById("filter");
const query = document.getElementById("query");
const all = document.getElementById("all");
const count = document.getElementById("count");
const rest = document.getElementById("rest");
const rows = [...document.querySelectorAll("tr[data-words]")];

function show(open) {
  if (rest) rest.open = open;
  all.setAttribute("aria-expanded", String(open));
}

function filter() {
  const words = query.value.toLowerCase().split(/\s+/).filter(Boolean);
  let matching = 0;
  for (const row of rows) {
    row.hidden = !words.every((word) => row.dataset.words.includes(word));
    matching += row.hidden ? 0 : 1;
  }
  for (const body of document.querySelectorAll(".matrix tbody")) {
    body.hidden = !body.querySelector("tr[data-words]:not([hidden])");
  }
  count.value = words.length ? `${matching} of ${rows.length}` : "";
  if (words.length) show(true);
  const state = words.length ? `#q=${encodeURIComponent(query.value)}` : "#";
  if (location.hash !== state && (words.length || location.hash.startsWith("#q="))) {
    history.replaceState(null, "", state);
  }
}

function restore() {
  if (!location.hash.startsWith("#q=")) return;
  try {
    query.value = decodeURIComponent(location.hash.slice(3));
  } catch {
    query.value = "";
  }
  filter();
}

form.hidden = false;
form.addEventListener("submit", (event) => event.preventDefault());
query.addEventListener("input", filter);
all.addEventListener("click", () => show(!rest || !rest.open));
if (rest) rest.addEventListener("toggle", () => all.setAttribute("aria-expanded", String(rest.open)));
addEventListener("hashchange", restore);
restore();
