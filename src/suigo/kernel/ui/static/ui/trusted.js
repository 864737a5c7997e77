/* Every page is served with require-trusted-types-for 'script'. A browser that knows Trusted Types then
   takes a string as HTML only through the policy below, which removes whatever could run: markup that
   reaches innerHTML or a parser by a mistake of ours or of a library (htmx) stays without effect. No
   policy makes scripts or their addresses, so eval, new Function and script.src refuse. This file is
   loaded before every other script; browsers without Trusted Types pass it by. */

(() => {
  if (!window.trustedTypes) return;

  const RUNS = 'script, iframe, frame, object, embed, base, meta, style';
  const LEADS = ['href', 'src', 'action', 'formaction', 'xlink:href', 'data'];
  const RUNS_TOO = /^(on|hx-on|data-hx-on|srcdoc$|style$|http-equiv$)/i;
  const CODE = /^(javascript|vbscript|data):/i;
  const IGNORED = /[\s\u0000-\u001f]/g; // by browsers, in an address

  const parser = new DOMParser();
  const reading = window.trustedTypes.createPolicy('suigo', { createHTML: (text) => text });

  function clean(root) {
    for (const element of root.querySelectorAll(RUNS)) element.remove();
    for (const element of root.querySelectorAll('*')) {
      for (const name of element.getAttributeNames()) {
        const address = LEADS.includes(name) ? element.getAttribute(name).replace(IGNORED, '') : '';
        if (RUNS_TOO.test(name) || CODE.test(address)) element.removeAttribute(name);
      }
      if (element.content) clean(element.content); // htmx wraps what it gets in a template
    }
  }

  function harmless(text) {
    // A document without a window runs nothing and loads nothing while it is cleaned.
    const inert = parser.parseFromString(reading.createHTML(text), 'text/html');
    clean(inert);
    const whole = /<(html|head|body)[\s>]/i.test(text);
    return whole ? inert.documentElement.outerHTML : inert.body.innerHTML;
  }

  window.trustedTypes.createPolicy('default', { createHTML: harmless });
})();
