// What Gradio's page does not do itself: the sources panel, copying, and words for screen readers.
// Everything that comes from an article or an answer is set with textContent, never as HTML.
(() => {
  const TEXTS = JSON.parse(document.getElementById("texts").textContent);
  const MOST = 500; // characters of a question
  const CITE = /^#cite-([\w-]+)-(\d+)-(\d+)$/;
  const articles = new Map(); // id -> promise of the article
  const verdicts = new Map(); // answer id -> {verdict: "up" or "down", told}
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const narrow = matchMedia("(max-width: 820px), (max-height: 500px)"); // as in chat.css
  let texts = TEXTS[document.documentElement.lang] || TEXTS.nl;
  let shown = null; // {all, chosen, data, twins}: what the panel shows; no data where it is gone
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
    const data = await article(chosen.article).catch(() => null);
    shown = { all: unique, chosen, data, twins: [] };
    for (const other of document.querySelectorAll(".cite.on")) other.classList.remove("on");
    link.classList.add("on");
    draw();
    if (!move) return centre();
    if (narrow.matches && !reading()) {
      history.pushState({ source: true }, "");
      sheet(true);
    }
    bring();
  }

  // On a phone the source lies over the conversation, as an entry of its own in the history: Back
  // closes it, where it would leave the page and lose the conversation.
  const reading = () => document.documentElement.classList.contains("reading");

  function sheet(open) {
    document.documentElement.classList.toggle("reading", open);
    for (const behind of document.querySelectorAll("#top, #talk")) behind.inert = open;
  }

  if (history.state?.source) history.replaceState(null, "");  // left behind by a reload
  addEventListener("popstate", (event) => {
    const open = Boolean(event.state?.source && shown && narrow.matches);
    if (open === reading()) return;
    sheet(open);
    if (open) bring();
    else back();
  });
  narrow.addEventListener("change", () => { if (reading()) history.back(); });

  // Scroll the panel alone: a new answer must not move the page.
  function centre() {
    const panel = $("#sources .panel");
    const mark = $("mark.on", panel);
    if (mark) panel.scrollTop = mark.offsetTop - panel.offsetTop - panel.clientHeight / 3;
  }

  function bring() {
    const mark = $("#sources mark.on");
    const behavior = calm.matches || reading() ? "auto" : "smooth";
    mark?.scrollIntoView({ block: narrow.matches ? "start" : "center", behavior });
    (mark || $("#sources .panel")).focus({ preventScroll: true });
  }

  function draw() {
    const over = narrow.matches ? { role: "dialog", "aria-modal": "true" } : {};
    const panel = make("section", { class: "panel", "aria-label": texts.panel, tabindex: "0", ...over });
    if (shown) panel.append(bar());
    if (!shown?.data) panel.append(make("p", { class: "empty" }, shown ? texts.gone : texts.panel_empty));
    else panel.append(...tabs(), ...heading(shown.data), body(shown.data));
    $("#sources").replaceChildren(panel);
  }

  function bar() {
    const close = make("button", { type: "button", class: "close", "aria-label": texts.close, onclick: leave }, "✕");
    return make("div", { class: "bar" }, make("span", {}, `${texts.source} ${shown.chosen.number}`), close);
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
    const quotes = quoted(data);
    if (data.url) {
      const target = quotes.length ? `${data.url.split("#")[0]}#:~:text=${fragment(quotes[0].text)}` : data.url;
      actions.append(make("a", { class: "more", href: target, target: "_blank", rel: "noopener" }, texts.read_more));
    }
    const parts = [make("h2", { lang: data.language }, data.title)];
    if (line) parts.push(make("p", { class: "byline" }, line));
    if (data.translation_id && !(quotes.length && quotes.every(single))) {
      const label = texts[`show_${data.language === "nl" ? "en" : "nl"}`];
      actions.append(make("button", { type: "button", onclick: turn }, label));
    }
    return actions.children.length ? [...parts, actions] : parts;
  }

  // The chosen citation's sentences, and whether one is in this version of the article only.
  const quoted = (data) => data.paragraphs.flat().filter((s) => spans(data).some((m) => m.on && meets(m, s)));
  const single = (sentence) => !sentence.twin_spans.length;
  const meets = (a, b) => a.start < b.end && a.end > b.start;

  const fragment = (text) => encodeURIComponent(text).replace(/-/g, "%2D");

  function body(data) {
    const marks = spans(data);
    const element = make("div", { class: "body", lang: data.language });
    for (const paragraph of data.paragraphs) {
      const p = make("p");
      for (const segment of paragraph) {
        const hits = marks.filter((m) => meets(m, segment));
        if (hits.length) p.append(...marked(data, segment, hits), " ");
        else p.append(`${segment.text} `);
      }
      element.append(p);
    }
    return element;
  }

  // The cited spans in this article, and where it was turned to, those of the twins.
  const spans = (data) => [...own(data), ...shown.twins];
  const own = (data) =>
    shown.all.filter((c) => c.article === data.id).map((c) => ({ ...c, on: c.number === shown.chosen.number }));

  function marked(data, segment, hits) {
    const on = hits.some((h) => h.on);
    const mark = make("mark", on ? { class: "on", tabindex: "-1" } : {});
    for (const hit of hits) mark.append(make("span", { class: "num" }, hit.number));
    mark.append(segment.text);
    if (!on) return [mark];
    const only = data.translation_id && single(segment) ? texts[`only_${data.language}`] : "";
    if (!segment.twin) return only ? [mark, make("span", { class: "beside" }, only)] : [mark];
    const other = data.language === "nl" ? "en" : "nl";
    const box = make("span", { class: "twin", hidden: "hidden" });
    const words = make("span", { lang: other }, segment.twin);
    box.append(words);
    if (segment.twin_is_ours) box.append(make("small", {}, texts.our_translation));
    const button = make("button", { type: "button" }, texts[`in_${other}`]);
    button.addEventListener("click", () => {
      box.hidden = !box.hidden;
      button.textContent = texts[box.hidden ? `in_${other}` : "hide"];
    });
    return [mark, make("span", { class: "beside" }, only, button), box];
  }

  // Turn to the article's other version, with the twins of the cited sentences highlighted.
  async function turn() {
    const from = shown.data;
    const to = await article(from.translation_id).catch(() => null);
    if (!to) return;
    shown.twins = [];
    for (const hit of own(from)) {
      for (const segment of from.paragraphs.flat()) {
        if (!meets(hit, segment)) continue;
        for (const [start, end] of segment.twin_spans) shown.twins.push({ start, end, number: hit.number, on: hit.on });
      }
    }
    shown.data = to;
    draw();
    bring();
  }

  // Out of the source, to the marker that opened it.
  function leave() {
    if (reading()) history.back();
    else if (shown) back();
  }

  function back() {
    const { link } = shown.chosen;
    const same = (other) => other.getAttribute("href") === link.getAttribute("href");
    // Gradio may have drawn the answer anew since.
    const there = link.isConnected ? link : [...document.querySelectorAll(".cite")].reverse().find(same);
    there?.scrollIntoView({ block: "nearest" });
    there?.focus({ preventScroll: true });
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
    verdicts.set(id, { verdict, told: "" });
    press();
    const response = await fetch("../api/v1/feedback", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ answer: id, verdict }),
    });
    const told = response.ok ? texts.thanks : (await response.json()).error.message;
    verdicts.set(id, { verdict, told });
    press();
    announce(told);
  }

  const answerOf = (button) => /\bof-([\w-]+)/.exec(button.closest(".tools").className)[1];

  function press() {
    for (const button of document.querySelectorAll("button.thumb")) {
      const { verdict, told } = verdicts.get(answerOf(button)) || {};
      button.setAttribute("aria-pressed", String(button.classList.contains(verdict)));
      const thanks = $(".thanks", button.parentNode);
      if (thanks && thanks.textContent !== told) thanks.textContent = told;
      else if (told && !thanks) button.parentNode.append(make("span", { class: "thanks" }, told));
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
    if (event.target.matches("#language input")) group(); // before an arrow looks for its neighbour
    if (event.key === "Escape" && (reading() || event.target.closest("#sources"))) leave();
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
    if (event.target.closest?.("#fresh")) $("#question textarea").focus();
    const button = event.target.closest?.("button.copy");
    if (button) copy(button);
    const thumb = event.target.closest?.("button.thumb");
    if (thumb) judge(thumb);
  });

  // Gradio gives each of its radio buttons a name of its own, and the arrow keys find no other.
  function group() {
    for (const input of document.querySelectorAll("#language input")) input.name = "language";
  }

  // Gradio redraws as it likes; after each redraw, put right what it can't be told.
  function mend() {
    const spoken = $("#notice-text")?.lang;
    if (spoken && TEXTS[spoken] && texts !== TEXTS[spoken]) {
      texts = TEXTS[spoken];
      const read = $("#sources .panel")?.scrollTop;
      if ($("#sources")) draw();
      if (read) $("#sources .panel").scrollTop = read;
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
    group();
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
    if (first && !narrow.matches) show(first, false);
  }

  let due = false;
  new MutationObserver(() => {
    if (due) return;
    due = true;
    requestAnimationFrame(() => { due = false; mend(); });
  }).observe(document.documentElement, { childList: true, subtree: true });
  mend();
})();
