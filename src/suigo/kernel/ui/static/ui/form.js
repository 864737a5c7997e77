/* Forms marked <form data-guard> work without this file. Added here:
   - one click sends once, and the button works again when the answer does not come;
   - leaving with unsaved changes asks first;
   - the error summary gets the focus, and its links put it into the field;
   - <textarea data-count="id"> tells in #id how many characters are left. */

const RETRY_AFTER = 15_000; // milliseconds

function guard(form) {
  let changed = false;
  let timer = 0;

  const free = () => {
    window.clearTimeout(timer);
    form.removeAttribute('aria-busy');
  };

  form.addEventListener('submit', (event) => {
    if (event.defaultPrevented) return;
    if (form.getAttribute('aria-busy') === 'true') {
      event.preventDefault();
      return;
    }
    form.setAttribute('aria-busy', 'true');
    timer = window.setTimeout(free, RETRY_AFTER);
    window.removeEventListener('beforeunload', ask);
  });

  const ask = (event) => {
    if (changed) event.preventDefault();
  };

  form.addEventListener('input', () => {
    if (changed) return;
    changed = true;
    window.addEventListener('beforeunload', ask);
  });

  // The browser's back button may show this page again as it was left.
  window.addEventListener('pageshow', (event) => {
    if (event.persisted) free();
  });
}

function focusField(id) {
  const target = document.getElementById(id);
  if (!target) return false;
  const field = target.matches('input, select, textarea, button, a')
    ? target
    : target.querySelector('input:not([type="hidden"]), select, textarea, button') || target;
  if (field === target && field.tabIndex < 0) field.tabIndex = -1;
  target.scrollIntoView({ block: 'center' });
  field.focus({ preventScroll: true });
  return true;
}

function countCharacters(input) {
  const output = document.getElementById(input.dataset.count);
  const most = Number(input.dataset.countMost || input.maxLength);
  if (!output || !(most > 0)) return;
  const show = () => {
    const left = most - [...input.value].length;
    const text = left < 0 ? input.dataset.countOver : input.dataset.countText;
    output.textContent = (text || '{n}').replace('{n}', String(Math.abs(left)));
    output.classList.toggle('field__count--over', left < 0);
    output.hidden = false;
  };
  let pause = 0;
  input.addEventListener('input', () => {
    // Announced when the typing pauses, not at every key.
    window.clearTimeout(pause);
    pause = window.setTimeout(show, 400);
  });
  output.setAttribute('aria-live', 'polite');
  show();
}

document.querySelectorAll('form[data-guard]').forEach(guard);
document.querySelectorAll('[data-count]').forEach(countCharacters);

document.addEventListener('click', (event) => {
  const link = event.target.closest('.error-summary a[href^="#"]');
  if (link && focusField(decodeURIComponent(link.hash.slice(1)))) event.preventDefault();
});

const first = document.querySelector('[data-focus]');
if (first) first.focus();
