// Keeps a page fresh: asks for it again every few seconds and, when its state has changed, puts the
// new one in. Nobody is interrupted: while something is being typed or drawn, nothing is replaced.
const region = document.querySelector("[data-poll]");

const busy = () => {
  const active = document.activeElement;
  if (active && active.matches("input, textarea, select")) return true;
  return document.querySelector("[data-drawn]") !== null;
};

const look = async () => {
  if (document.hidden || busy()) return;
  let answer;
  try {
    answer = await fetch(region.dataset.poll, { headers: { "X-Requested-With": "poll" } });
  } catch {
    return; // the next try may reach the server again
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-poll]");
  if (fresh === null || !answer.ok) {
    window.location.reload();
  } else if (fresh.dataset.pollState !== region.dataset.pollState && !busy()) {
    region.replaceChildren(...fresh.childNodes);
    region.dataset.pollState = fresh.dataset.pollState;
    region.dispatchEvent(new CustomEvent("fresh", { bubbles: true }));
  }
};

if (region) setInterval(look, Number(region.dataset.pollSeconds || 10) * 1000);
