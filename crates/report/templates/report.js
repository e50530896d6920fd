// Filters the list of vectors. Everything can be read without it.
"use strict";

const form = document.getElementById("filter");
const query = document.getElementById("query");
const count = document.getElementById("count");
const chosen = document.getElementById("chosen");
const unfold = document.getElementById("unfold");
const topics = [...document.querySelectorAll("details.topic")].map((details) => ({
  details,
  title: details.querySelector(".title").textContent.toLowerCase(),
  rows: [...details.querySelectorAll("tbody tr")].map((row) => ({
    row,
    words: `${row.textContent} ${row.dataset.flags ?? ""}`.toLowerCase(),
  })),
}));
const total = topics.reduce((sum, topic) => sum + topic.rows.length, 0);

function open(all) {
  for (const { details } of topics) details.open = all;
  unfold.setAttribute("aria-pressed", String(all));
  unfold.textContent = all ? "fold" : "unfold";
}

function filter() {
  const words = query.value.toLowerCase().split(/\s+/).filter(Boolean);
  const active = words.length > 0;
  let matching = 0;
  for (const topic of topics) {
    const before = matching;
    for (const { row, words: text } of topic.rows) {
      row.hidden = !words.every((word) => text.includes(word) || topic.title.includes(word));
      matching += row.hidden ? 0 : 1;
    }
    topic.details.hidden = matching === before;
  }
  if (active !== chosen.hidden || active) open(active);
  chosen.hidden = active;
  count.value = active ? `${matching} of ${total}` : "";
  const state = active ? `#q=${encodeURIComponent(query.value)}` : "#";
  if (location.hash !== state && (active || location.hash.startsWith("#q="))) {
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
unfold.hidden = false;
unfold.addEventListener("click", () => open(unfold.getAttribute("aria-pressed") !== "true"));
for (const button of document.querySelectorAll("button[data-query]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    query.value = button.dataset.query;
    filter();
    form.scrollIntoView();
  });
}
addEventListener("hashchange", restore);
restore();
