/* The clerk's keyboard on any list marked data-inbox. Rows are [data-row] with a link [data-open] and
   a check box. j/k move, Enter opens (the link has the focus), x selects, / searches, ? explains.
   Listens on the document, so that lists swapped in by htmx need no set-up. */

// On a phone the list comes first: what narrows it is folded away unless it is in use.
const narrowing = document.querySelector('[data-narrowing]');
if (narrowing && !narrowing.dataset.narrowing && matchMedia('(width < 62em)').matches) {
  narrowing.open = false;
}

const rows = () => [...document.querySelectorAll('[data-inbox] [data-row]')];
const rowOf = (element) => (element ? element.closest('[data-row]') : null);

function isTyping(element) {
  if (!element) return false;
  if (element.isContentEditable || element.matches('textarea, select')) return true;
  return element.matches('input') && !element.matches('[type="checkbox"], [type="radio"]');
}

function move(step) {
  const all = rows();
  if (all.length === 0) return;
  const here = all.indexOf(rowOf(document.activeElement));
  const next = here < 0 ? (step > 0 ? 0 : all.length - 1) : here + step;
  const row = all[Math.min(Math.max(next, 0), all.length - 1)];
  const link = row.querySelector('[data-open]');
  if (link) link.focus();
  row.scrollIntoView({ block: 'nearest' });
}

function toggle() {
  const row = rowOf(document.activeElement);
  const box = row && row.querySelector('input[type="checkbox"]');
  if (box) box.click();
}

function search() {
  const field = document.querySelector('.topbar input[type="search"]');
  if (!field) return;
  field.focus();
  field.select();
}

function explain() {
  const keys = document.getElementById('keys');
  if (keys && !keys.open) keys.showModal();
}

const KEYS = { j: () => move(1), k: () => move(-1), x: toggle, '/': search, '?': explain };

document.addEventListener('keydown', (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.isComposing || isTyping(event.target) || document.querySelector('dialog:modal')) return;
  const act = KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

document.addEventListener('focusin', (event) => {
  const row = rowOf(event.target);
  for (const other of document.querySelectorAll('[data-row][aria-current]')) {
    if (other !== row) other.removeAttribute('aria-current');
  }
  if (row && row.closest('[data-inbox]')) row.setAttribute('aria-current', 'true');
});

document.addEventListener('change', (event) => {
  const list = event.target.closest('[data-inbox]');
  if (!list || event.target.type !== 'checkbox') return;
  const boxes = [...list.querySelectorAll('[data-row] input[type="checkbox"]')];
  if (event.target.matches('[data-select-all]')) {
    for (const box of boxes) box.checked = event.target.checked;
  }
  const chosen = boxes.filter((box) => box.checked).length;
  const all = list.querySelector('[data-select-all]');
  if (all) {
    all.checked = chosen > 0 && chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
  }
  for (const count of list.querySelectorAll('[data-selected-count]')) {
    count.textContent = (count.dataset.selectedCount || '{n}').replace('{n}', String(chosen));
  }
  for (const button of list.querySelectorAll('[data-needs-selection]')) {
    button.disabled = chosen === 0;
  }
});
