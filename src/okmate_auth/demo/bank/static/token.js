// The virtual tokens tick: each second the time that is left, and new digits when it is over. Without it a button does it.
"use strict";

const PERIOD = 60;
const left = document.querySelectorAll("[data-left]");
let shown = Math.floor(Date.now() / 1000 / PERIOD);

async function renew() {
  const answer = await fetch("/demo/token.json", { cache: "no-store" });
  if (!answer.ok) return;
  const codes = await answer.json();
  for (const display of document.querySelectorAll("[data-serial]")) {
    display.textContent = codes[display.dataset.serial];
  }
}

function tick() {
  const now = Math.floor(Date.now() / 1000);
  const seconds = PERIOD - (now % PERIOD);
  for (const one of left) {
    one.textContent = one.dataset.left.replace("{seconds}", String(seconds));
    one.parentElement.querySelector("meter").value = seconds;
  }
  if (Math.floor(now / PERIOD) !== shown) {
    shown = Math.floor(now / PERIOD);
    renew().catch(() => { shown = 0; });
  }
}

tick();
setInterval(tick, 1000);
