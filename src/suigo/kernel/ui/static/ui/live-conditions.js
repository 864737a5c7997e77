/* Questions that depend on answers. Without this file they appear on the next press of a button.
   Added here: after a change of an input marked data-affects, the form is sent to its
   data-refresh-url, and [data-form-region] is replaced by the one in the answer. What has been typed
   meanwhile, chosen files, the focus and the caret stay (but not the answers of a [data-restarts] group
   once another person was chosen in its [data-about]), and nothing moves under a finger: leaving a
   field by pressing a button changes the questions above it while the button is held down. */

const waiting = new WeakMap();
const LONGEST_PRESS = 2_000; // milliseconds; some browsers never tell the end of a press on a list

let pressed = null; // the press that goes on now: a promise of its end

function hold(type, ends, isPress = () => true) {
  document.addEventListener(
    type,
    (event) => {
      if (!isPress(event)) return;
      const press = new Promise((resolve) => {
        // The click follows the release, so what waits for it comes a moment later.
        const end = () => window.setTimeout(resolve, 50);
        for (const over of ends) {
          document.addEventListener(over, end, { capture: true, once: true });
        }
        window.setTimeout(resolve, LONGEST_PRESS);
      }).then(() => {
        if (pressed === press) pressed = null;
      });
      pressed = press;
    },
    { capture: true },
  );
}

hold('pointerdown', ['pointerup', 'pointercancel']);
hold('keydown', ['keyup'], (event) => event.key === ' '); // it presses a button when it is let go

async function nothingHeld() {
  while (pressed) await pressed; // whoever presses twice in a row is waited for twice
}

function answers(form) {
  const data = new FormData(form);
  for (const [name, value] of [...data.entries()]) {
    if (value instanceof File) data.delete(name);
  }
  return data;
}

function carryOver(before, after, restarted) {
  for (const old of before.querySelectorAll('input[id], select[id], textarea[id]')) {
    if (restarted && old.closest('[data-restarts]')?.dataset.restarts === restarted) continue;
    const fresh = after.querySelector(`#${CSS.escape(old.id)}`);
    if (!fresh || fresh.tagName !== old.tagName || fresh.type !== old.type) continue;
    if (old.type === 'file') fresh.replaceWith(old);
    else if (old.type === 'checkbox' || old.type === 'radio') fresh.checked = old.checked;
    else if (!fresh.readOnly) fresh.value = old.value;
  }
}

// Buttons that add a row or look up an address have no id, but a name and a value.
function selectorOf(element) {
  if (element.id) return `#${CSS.escape(element.id)}`;
  if (!element.name) return '';
  return `[name="${CSS.escape(element.name)}"][value="${CSS.escape(element.value)}"]`;
}

function swap(region, fresh, form, restarted) {
  const focused = region.contains(document.activeElement) ? document.activeElement : null;
  const same = focused && selectorOf(focused);
  const caret = focused && 'selectionStart' in focused ? focused.selectionStart : null;
  const count = region.querySelectorAll('.field, .fieldset').length;
  carryOver(region, fresh, restarted);
  region.replaceChildren(...fresh.childNodes);
  const again = same && region.querySelector(same);
  if (again) {
    again.focus({ preventScroll: true });
    if (caret !== null && typeof again.setSelectionRange === 'function') {
      try {
        again.setSelectionRange(caret, caret);
      } catch {
        // number and date inputs have no caret to set
      }
    }
  }
  const status = form.querySelector('[data-changed-text]');
  const changed = region.querySelectorAll('.field, .fieldset').length !== count;
  if (status) status.textContent = changed ? status.dataset.changedText : '';
}

async function refresh(form, restarted) {
  waiting.get(form)?.abort();
  const stop = new AbortController();
  waiting.set(form, stop);
  try {
    const answer = await fetch(form.dataset.refreshUrl, {
      method: 'POST',
      body: answers(form),
      headers: { Accept: 'text/html', 'X-Requested-With': 'live-conditions' },
      signal: stop.signal,
    });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    await nothingHeld();
    const fresh = page.querySelector('[data-form-region]');
    const region = form.querySelector('[data-form-region]');
    if (fresh && region && !stop.signal.aborted) swap(region, fresh, form, restarted);
  } catch (problem) {
    // Off line or replaced by a newer request: the button still works.
    if (problem.name !== 'AbortError') console.info('not refreshed', problem.message);
  }
}

document.addEventListener('change', (event) => {
  const form = event.target.closest('form[data-refresh-url]');
  if (!form || !event.target.matches('[data-affects]')) return;
  // whom a group is about: its other answers start from that person
  const restarts = event.target.closest('[data-about]') && event.target.closest('[data-restarts]');
  refresh(form, restarts ? restarts.dataset.restarts : '');
});

document.addEventListener('submit', (event) => {
  if (!event.defaultPrevented) waiting.get(event.target)?.abort();
});
