/* Passkeys. Forms <form data-passkey="create|get" hidden> do nothing without this file, and the
   pages offer another way. Added here: the form is shown where the browser knows passkeys; sending
   it asks the server what to sign (data-options), asks the device, and sends its answer in the
   field "credential". With data-autofill the browser also offers passkeys in the field for the
   address, so that one touch signs in. Words for people come from data-waits and data-failed.
   Passkeys belong to one address: elsewhere [data-passkey-elsewhere] leads there instead. */

const RENEW_AFTER = 4 * 60_000; // milliseconds; a challenge lives for five minutes

const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

function readable(options) {
  const key = { ...options, challenge: bytes(options.challenge) };
  if (key.user) key.user = { ...key.user, id: bytes(key.user.id) };
  for (const list of ['excludeCredentials', 'allowCredentials']) {
    if (key[list]) key[list] = key[list].map((one) => ({ ...one, id: bytes(one.id) }));
  }
  return key;
}

function sendable(credential) {
  const given = credential.response;
  const response = { clientDataJSON: text(given.clientDataJSON) };
  for (const name of ['attestationObject', 'authenticatorData', 'signature', 'userHandle']) {
    if (given[name]) response[name] = text(given[name]);
  }
  return JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response,
    clientExtensionResults: {},
  });
}

async function options(form) {
  const answer = await fetch(form.dataset.options, {
    method: 'POST',
    headers: { 'X-CSRFToken': form.elements.csrfmiddlewaretoken.value },
    credentials: 'same-origin',
  });
  if (!answer.ok) throw new Error(`options: ${answer.status}`);
  return readable(await answer.json());
}

function say(form, words) {
  const place = form.querySelector('[data-passkey-says]');
  if (place) place.textContent = words;
}

function finish(form, credential) {
  form.elements.credential.value = sendable(credential);
  form.submit();
}

let background = null; // the browser's offer in the field for the address
let renewal = 0;

async function press(form) {
  if (form.getAttribute('aria-busy') === 'true') return;
  if (!form.reportValidity()) return;
  form.setAttribute('aria-busy', 'true');
  say(form, form.dataset.waits);
  if (background) background.abort();
  window.clearTimeout(renewal);
  try {
    const publicKey = await options(form);
    const ask = form.dataset.passkey === 'create' ? 'create' : 'get';
    finish(form, await navigator.credentials[ask]({ publicKey }));
  } catch {
    form.removeAttribute('aria-busy');
    say(form, form.dataset.failed);
    offer();
  }
}

async function offer() {
  const form = document.querySelector('form[data-passkey="get"][data-autofill]');
  const can = window.PublicKeyCredential.isConditionalMediationAvailable;
  if (!form || form.hidden || !can || !(await can.call(window.PublicKeyCredential))) return;
  background = new AbortController();
  const { signal } = background;
  try {
    const publicKey = await options(form);
    renewal = window.setTimeout(() => {
      background.abort();
      offer();
    }, RENEW_AFTER);
    finish(form, await navigator.credentials.get({ publicKey, signal, mediation: 'conditional' }));
  } catch {
    /* nobody chose a passkey: the other ways are on the page */
  }
}

const known = window.isSecureContext && 'PublicKeyCredential' in window;
for (const form of document.querySelectorAll('form[data-passkey]')) {
  if (!known) break;
  const here = form.dataset.origin === window.location.origin;
  const other = form.parentElement.querySelector('[data-passkey-elsewhere]');
  if (here) {
    form.hidden = false;
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      press(form);
    });
  } else if (other) {
    other.hidden = false;
  }
}
for (const place of document.querySelectorAll('[data-passkey-unknown]')) {
  place.hidden = known;
}
if (known) offer();
