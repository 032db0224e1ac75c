{% load static %}// Keeps one page and what it looks like, to be shown where a page can't be fetched. Nothing else is kept: no page, no
// answer, no position. A form that is sent is none of its business, so nothing is ever sent twice.
const KEPT = "offline-{% static 'fleetremote.css' %}";
const PAGE = "{% url 'offline' %}";
const LOOKS = ["{% static 'fleetremote.css' %}", "{% static 'controls.css' %}", "{% static 'favicon.svg' %}"];

addEventListener("install", (event) => {
  event.waitUntil(caches.open(KEPT).then((kept) => kept.addAll([PAGE, ...LOOKS])).then(() => skipWaiting()));
});

addEventListener("activate", (event) => {
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter((name) => name !== KEPT).map((name) => caches.delete(name)))));
});

addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => caches.match(PAGE)));
  else if (LOOKS.includes(new URL(request.url).pathname)) event.respondWith(fetch(request).catch(() => caches.match(request)));
});
