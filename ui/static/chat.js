// What Gradio's page does not do itself: the sources panel, copying, and words for screen readers.
// Everything that comes from an article or an answer is set with textContent, never as HTML.
(() => {
  const TEXTS = JSON.parse(document.getElementById("texts").textContent);
  const MOST = 500; // characters of a question
  const CITE = /^#cite-([\w-]+)-(\d+)-(\d+)$/;
  const articles = new Map(); // id -> promise of the article
  const verdicts = new Map(); // answer id -> "up" or "down"
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const narrow = matchMedia("(max-width: 820px)");
  let texts = TEXTS[document.documentElement.lang] || TEXTS.nl;
  let shown = null; // {links, chosen, article}: what the panel shows
  let lastDone = "";

  // Browsers give the clipboard to secure pages only: https, or this machine.
  if (!navigator.clipboard) document.documentElement.classList.add("no-clipboard");

  const $ = (selector, from = document) => from.querySelector(selector);

  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name === "onclick") element.addEventListener("click", value);
      else if (value !== "" && value !== null) element.setAttribute(name, value);
    }
    element.append(...children);
    return element;
  }

  function cited(link) {
    const [, article, start, end] = CITE.exec(link.getAttribute("href"));
    const number = link.lastChild.textContent.trim();
    return { article, start: +start, end: +end, number, link };
  }

  async function load(id) {
    const response = await fetch(`../api/v1/articles/${id}`);
    if (!response.ok) throw new Error(response.status);
    return response.json();
  }

  function article(id) {
    if (!articles.has(id)) {
      const loading = load(id);
      loading.catch(() => articles.delete(id));
      articles.set(id, loading);
    }
    return articles.get(id);
  }

  // Show the source of a marker; `move` brings it into view and hands it the focus.
  async function show(link, move) {
    const answer = link.closest(".answer");
    const all = [...answer.querySelectorAll(".cite")].map(cited);
    const unique = all.filter((c, i) => all.findIndex((o) => o.number === c.number) === i);
    const chosen = cited(link);
    let data = null;
    try {
      data = await article(chosen.article);
    } catch {
      $("#sources").replaceChildren(make("div", { class: "panel" }, make("p", { class: "empty" }, texts.gone)));
      return;
    }
    shown = { all: unique, chosen, data };
    for (const other of document.querySelectorAll(".cite.on")) other.classList.remove("on");
    link.classList.add("on");
    draw();
    if (move) bring();
    else if (!narrow.matches) centre();
  }

  // Scroll the panel alone: a new answer must not move the page.
  function centre() {
    const panel = $("#sources .panel");
    const mark = $("mark.on", panel);
    if (mark) panel.scrollTop = mark.offsetTop - panel.offsetTop - panel.clientHeight / 3;
  }

  function bring() {
    const mark = $("#sources mark.on");
    if (!mark) return;
    mark.scrollIntoView({ block: narrow.matches ? "start" : "center", behavior: calm.matches ? "auto" : "smooth" });
    mark.focus({ preventScroll: true });
  }

  function draw() {
    const panel = make("section", { class: "panel", "aria-label": texts.panel, tabindex: "0" });
    if (!shown) panel.append(make("p", { class: "empty" }, texts.panel_empty));
    else panel.append(...tabs(), ...heading(shown.data), body(shown.data));
    $("#sources").replaceChildren(panel);
  }

  // One button for each article, where an answer draws on more than one.
  function tabs() {
    const ids = [...new Set(shown.all.map((c) => c.article))];
    if (ids.length < 2) return [];
    const row = make("div", { class: "tabs" });
    ids.forEach((id) => {
      const first = shown.all.find((c) => c.article === id);
      const numbers = shown.all.filter((c) => c.article === id).map((c) => c.number).join(", ");
      const pressed = String(id === shown.data.id);
      const open = () => show(first.link, true);
      row.append(make("button", { type: "button", "aria-pressed": pressed, onclick: open }, `${texts.source} ${numbers}`));
    });
    return [row];
  }

  function heading(data) {
    const line = [
      data.author && texts.by.replace("{name}", data.author),
      data.published_in && texts.published_in.replace("{name}", data.published_in),
      data.date,
    ].filter(Boolean).join(" · ");
    const actions = make("div", { class: "actions" });
    if (data.url) {
      const quote = shown.chosen.article === data.id ? data.paragraphs.flat().find((s) => s.start === shown.chosen.start) : null;
      const target = quote ? `${data.url.split("#")[0]}#:~:text=${fragment(quote.text)}` : data.url;
      actions.append(make("a", { class: "more", href: target, target: "_blank", rel: "noopener" }, texts.read_more));
    }
    if (data.translation_id) {
      const label = texts[`show_${data.language === "nl" ? "en" : "nl"}`];
      actions.append(make("button", { type: "button", onclick: turn }, label));
    }
    const parts = [make("h2", { lang: data.language }, data.title)];
    if (line) parts.push(make("p", { class: "byline" }, line));
    return actions.children.length ? [...parts, actions] : parts;
  }

  const fragment = (text) => encodeURIComponent(text).replace(/-/g, "%2D");

  function body(data) {
    const marks = spans(data);
    const element = make("div", { class: "body", lang: data.language });
    for (const paragraph of data.paragraphs) {
      const p = make("p");
      for (const segment of paragraph) {
        const hits = marks.filter((m) => m.start < segment.end && m.end > segment.start);
        if (hits.length) p.append(...marked(data, segment, hits), " ");
        else p.append(`${segment.text} `);
      }
      element.append(p);
    }
    return element;
  }

  // The cited spans in this article, and in its translation those of the twins.
  function spans(data) {
    const here = shown.all.filter((c) => c.article === data.id).map((c) => ({ ...c, on: c.number === shown.chosen.number }));
    return here.concat((shown.twins || []).filter(() => data.id === shown.turned));
  }

  function marked(data, segment, hits) {
    const on = hits.some((h) => h.on);
    const mark = make("mark", on ? { class: "on", tabindex: "-1" } : {});
    for (const hit of hits) mark.append(make("span", { class: "num" }, hit.number));
    mark.append(segment.text);
    if (!on) return [mark];
    if (!segment.twin) return narrow.matches ? [mark, beside()] : [mark];
    const other = data.language === "nl" ? "en" : "nl";
    const box = make("span", { class: "twin", hidden: "hidden" });
    const words = make("span", { lang: other }, segment.twin);
    box.append(words);
    if (segment.twin_is_ours) box.append(make("small", {}, texts.our_translation));
    const button = make("button", { type: "button", "aria-expanded": "false" }, texts[`in_${other}`]);
    button.addEventListener("click", () => {
      box.hidden = !box.hidden;
      button.setAttribute("aria-expanded", String(!box.hidden));
    });
    return [mark, beside(button), box];
  }

  const beside = (...buttons) =>
    make("span", { class: "beside" }, ...buttons, make("button", { type: "button", class: "back", onclick: back }, texts.back));

  // Turn to the article's other version, with the twins of the cited sentences highlighted.
  async function turn() {
    const from = shown.data;
    const to = await article(from.translation_id).catch(() => null);
    if (!to) return;
    shown.twins = [];
    for (const hit of spans(from)) {
      for (const segment of from.paragraphs.flat()) {
        if (hit.start >= segment.end || hit.end <= segment.start) continue;
        for (const [start, end] of segment.twin_spans) shown.twins.push({ start, end, number: hit.number, on: hit.on });
      }
    }
    shown.turned = to.id;
    shown.data = to;
    draw();
    bring();
  }

  function back() {
    shown.chosen.link.scrollIntoView({ block: "center" });
    shown.chosen.link.focus();
  }

  async function copy(button) {
    const answer = button.closest(".answer");
    const said = [...answer.querySelectorAll(".lead, p.said, .said li, .note")].map(plain);
    const sources = [...answer.querySelectorAll(".refs li")].map((li, i) => `[${i + 1}] “${plain($("q", li))}” (${plain($("cite", li))})`);
    await navigator.clipboard.writeText([said.join("\n"), sources.join("\n")].filter(Boolean).join("\n\n"));
    announce(texts.copied);
    const before = button.textContent;
    button.textContent = texts.copied;
    setTimeout(() => { button.textContent = before; }, 2000);
  }

  // A thumb: the answer's id and the verdict go out, nothing else.
  async function judge(button) {
    const id = answerOf(button), verdict = button.classList.contains("up") ? "up" : "down";
    verdicts.set(id, verdict);
    press();
    const response = await fetch("../api/v1/feedback", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ answer: id, verdict }),
    });
    announce(response.ok ? texts.thanks : (await response.json()).error.message);
  }

  const answerOf = (button) => /\bof-([\w-]+)/.exec(button.closest(".tools").className)[1];

  function press() {
    for (const button of document.querySelectorAll("button.thumb")) {
      button.setAttribute("aria-pressed", String(button.classList.contains(verdicts.get(answerOf(button)))));
    }
  }

  function plain(element) {
    const clone = element.cloneNode(true);
    for (const hidden of clone.querySelectorAll(".unseen")) hidden.remove();
    for (const cite of clone.querySelectorAll(".cite")) cite.textContent = `[${cite.textContent.trim()}]`;
    return clone.textContent.replace(/\s+/g, " ").trim();
  }

  function announce(text) {
    const region = $("#announcer") || document.body.appendChild(make("div", { id: "announcer", class: "unseen", role: "status" }));
    region.textContent = text;
  }

  // A line under the question box; the counter is seen, a refusal is heard as well.
  function hint(text, aloud) {
    const line = $("#hint");
    if (line && line.textContent !== text) line.textContent = text;
    if (aloud) announce(text);
  }

  const length = (field) => [...field.value.trim()].length; // as the server counts

  function count(field) {
    const now = length(field);
    hint(now > MOST * 0.9 ? texts[now > MOST ? "over" : "counter"].replace("{count}", now) : "");
  }

  // Enter or the button: a question that would be refused stays where it is, with the reason.
  function sending(event) {
    const field = $("#question textarea");
    const now = length(field);
    if (now && now <= MOST) return hint("");
    event.preventDefault();
    event.stopImmediatePropagation();
    hint(now ? texts.over.replace("{count}", now) : texts.error_empty, true);
    field.focus();
  }

  document.addEventListener("input", (event) => {
    if (event.target.matches("#question textarea")) count(event.target);
  });

  document.addEventListener("keydown", (event) => {
    const enters = event.key === "Enter" && !event.shiftKey && !event.isComposing;
    if (enters && event.target.matches("#question textarea")) sending(event);
  }, true);

  document.addEventListener("click", (event) => {
    if (event.target.closest?.("#send")) sending(event);
    else if (event.target.closest?.("#fresh, #examples, #language")) hint("");
  }, true);

  document.addEventListener("click", (event) => {
    const cite = event.target.closest?.(".cite");
    if (cite && CITE.test(cite.getAttribute("href"))) {
      event.preventDefault();
      show(cite, true);
    }
    const button = event.target.closest?.("button.copy");
    if (button) copy(button);
    const thumb = event.target.closest?.("button.thumb");
    if (thumb) judge(thumb);
  });

  // Gradio redraws as it likes; after each redraw, put right what it can't be told.
  function mend() {
    const spoken = $("#notice-text")?.lang;
    if (spoken && TEXTS[spoken] && texts !== TEXTS[spoken]) {
      texts = TEXTS[spoken];
      if ($("#sources")) draw();
    }
    document.documentElement.lang = texts.language;
    if ($("#ask") && !$("#hint")) $("#ask").after(make("p", { id: "hint" }));
    $("#question textarea")?.setAttribute("aria-describedby", "notice-text hint");
    $("#told")?.setAttribute("role", "status");
    const log = $("#chat [role=log]");
    if (log) {
      log.setAttribute("aria-label", texts.conversation);
      log.setAttribute("tabindex", "0");
      // While an answer grows it would be read out again with every step.
      log.setAttribute("aria-busy", String(!$(".done:last-child", log) && Boolean($(".remark, .answer:not(.done)", log))));
    }
    for (const said of document.querySelectorAll("#chat [data-testid][aria-label]")) said.removeAttribute("aria-label");
    if ($("#sources") && !$("#sources").firstChild) draw();
    press();
    trouble();
    settle();
  }

  // Gradio tells of trouble in English, in a button that holds a button; we tell it in our words.
  function trouble() {
    const toast = $(".toast-body.error"), told = $("#trouble");
    if (!toast) told?.remove();
    else if (!told) {
      const words = /onnection/.test(toast.textContent) ? texts.offline : texts.error_busy;
      document.body.append(make("p", { id: "trouble", role: "alert" }, words));
    }
  }

  function settle() {
    const rows = document.querySelectorAll("#chat .bot-row");
    const last = rows[rows.length - 1];
    const answer = last && $(".answer, .remark", last);
    if (!rows.length && shown) {
      shown = null;
      lastDone = "";
      draw();
    }
    if (!answer) return;
    const state = `${rows.length} ${answer.className}`;
    if (state === lastDone) return;
    lastDone = state;
    const box = $("#chat .bubble-wrap");
    const question = last.previousElementSibling || last;
    box.scrollTo({ top: question.offsetTop - 8, behavior: calm.matches ? "auto" : "smooth" });
    if (!answer.classList.contains("done")) return;
    announce(texts.done);
    const first = $(".cite", answer);
    if (first) show(first, false);
  }

  let due = false;
  new MutationObserver(() => {
    if (due) return;
    due = true;
    requestAnimationFrame(() => { due = false; mend(); });
  }).observe(document.documentElement, { childList: true, subtree: true });
  mend();
})();
