// The chat on any website: <script src="https://chat.example.be/widget.js" defer></script>
// Attributes: data-lang, data-color, data-position, data-target, data-scheme. See docs/website.md.
// Until the chat is first opened nothing is fetched. No cookie, no storage, no third party.
(() => {
  const script = document.currentScript;
  if (!script || window.ChatWidget) return;
  const base = new URL(".", script.src);
  const data = script.dataset;
  const words = {
    nl: { open: "Stel een vraag", close: "Sluit de chat", title: "Chat met onze artikelen" },
    en: { open: "Ask a question", close: "Close the chat", title: "Chat with our articles" },
  };
  const listeners = {};
  const waiting = []; // messages for a frame that is not ready yet
  let language = data.lang === "en" ? "en" : "nl";
  let frame = null;
  let ready = false;
  let isOpen = false;
  const color = /^#[0-9a-f]{6}$/i.test(data.color || "") ? data.color : "#a3241c";
  const inline = data.target ? document.querySelector(data.target) : null;
  const side = data.position === "left" ? "left" : "right";

  // White or black, whichever reads best on the colour.
  function inkOn(hex) {
    const [r, g, b] = [1, 3, 5].map((i) => {
      const c = parseInt(hex.slice(i, i + 2), 16) / 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#000" : "#fff";
  }

  // A constructed stylesheet: a host page's style-src does not apply to it.
  const style = new CSSStyleSheet();
  style.replaceSync(`
    :host { all: initial; ${inline ? "display: block; height: 100%" : ""} }
    button { position: fixed; ${side}: max(20px, env(safe-area-inset-${side})); bottom: max(20px, env(safe-area-inset-bottom));
      z-index: 2147483000; width: 60px; height: 60px; padding: 0; border: 0; border-radius: 50%; cursor: pointer;
      background: ${color}; color: ${inkOn(color)}; box-shadow: 0 4px 18px rgb(0 0 0 / .3); }
    button[hidden] { display: none; }
    button:focus-visible { outline: 3px solid ${color}; outline-offset: 3px; }
    svg { width: 28px; height: 28px; fill: none; stroke: currentColor; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
    .panel { position: fixed; ${side}: 20px; bottom: 20px; z-index: 2147483000; width: min(400px, calc(100vw - 40px));
      height: min(680px, calc(100dvh - 40px)); border-radius: 16px; overflow: hidden; background: Canvas;
      box-shadow: 0 8px 40px rgb(0 0 0 / .35); }
    .panel[hidden] { display: none; }
    .inline { position: static; width: 100%; height: 100%; min-height: 480px; box-shadow: none; border: 1px solid #8886; box-sizing: border-box; }
    iframe { display: block; width: 100%; height: 100%; border: 0; color-scheme: normal; }
    @media (max-width: 480px), (max-height: 480px) {
      .panel:not(.inline) { inset: 0; width: 100%; height: 100%; border-radius: 0; }
    }`);

  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "closed" });
  root.adoptedStyleSheets = [style];
  const panel = document.createElement("div");
  panel.className = inline ? "panel inline" : "panel";
  panel.hidden = true;
  const button = document.createElement("button");
  button.type = "button";
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.append(path);
  button.append(svg);
  button.addEventListener("click", () => toggle());
  root.append(...(inline ? [panel] : [panel, button]));

  function label() {
    button.setAttribute("aria-label", isOpen ? words[language].close : words[language].open);
    button.setAttribute("aria-expanded", String(isOpen));
    button.hidden = isOpen && ready; // the chat has a cross of its own, once it is there
    path.setAttribute("d", isOpen ? "M6 6l12 12M18 6L6 18" : "M4 5h16v11H11l-5 4v-4H4z");
    if (frame) frame.title = words[language].title;
  }

  function emit(event, detail) {
    for (const f of listeners[event] || []) f(detail);
  }

  function send(message) {
    if (ready) frame.contentWindow.postMessage(message, base.origin);
    else waiting.push(message);
  }

  // The frame first: a document may not take the focus from another site's by itself.
  function focus() {
    if (inline || !ready) return;
    frame.focus();
    send({ type: "focus" });
  }

  function build() {
    frame = document.createElement("iframe");
    const query = new URLSearchParams({ lang: language, color, scheme: data.scheme || "auto" });
    if (inline) query.set("inline", "1");
    frame.src = new URL(`embed?${query}`, base).href;
    frame.allow = "clipboard-write";
    frame.addEventListener("load", () => frame.contentWindow.postMessage({ type: "hello" }, base.origin));
    panel.append(frame);
  }

  function heard(event) {
    if (!frame || event.source !== frame.contentWindow || event.origin !== base.origin) return;
    const { type, detail } = event.data || {};
    if (type === "close") close();
    else if (type === "ready" && !ready) {
      ready = true;
      waiting.splice(0).forEach(send);
      if (isOpen) focus();
      label();
      emit("ready", {});
    } else if (["question", "answer", "error"].includes(type)) emit(type, detail);
  }

  function open() {
    if (isOpen) return;
    isOpen = true;
    if (!frame) build();
    panel.hidden = false;
    label();
    focus();
    emit("open", {});
  }

  function close() {
    if (!isOpen || inline) return;
    isOpen = false;
    panel.hidden = true;
    label();
    button.focus();
    emit("close", {});
  }

  const toggle = () => (isOpen ? close() : open());
  const escape = (event) => { if (event.key === "Escape") close(); };

  window.ChatWidget = {
    open,
    close,
    toggle,
    ask(text) {
      open();
      send({ type: "ask", text: String(text) });
    },
    setLanguage(chosen) {
      language = chosen === "en" ? "en" : "nl";
      label();
      if (frame) send({ type: "language", lang: language });
    },
    on(event, f) {
      (listeners[event] = listeners[event] || new Set()).add(f);
    },
    off(event, f) {
      listeners[event]?.delete(f);
    },
    destroy() {
      removeEventListener("message", heard);
      removeEventListener("keydown", escape);
      host.remove();
      delete window.ChatWidget;
    },
  };

  addEventListener("message", heard);
  addEventListener("keydown", escape);
  function mount() {
    label();
    (inline || document.body).append(host);
    if (inline) open();
  }
  if (document.body) mount();
  else addEventListener("DOMContentLoaded", mount);
})();
