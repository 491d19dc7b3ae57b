// The small chat: asks the API, shows the answer, opens its sources. Nothing is stored anywhere.
// Whatever comes from the server is set with textContent; links are the corpus' own addresses.
(() => {
  const setup = JSON.parse(document.getElementById("setup").textContent);
  const query = new URLSearchParams(location.search);
  const $ = (id) => document.getElementById(id);
  const MOST = 500; // characters of a question
  const log = $("log"), box = $("box"), form = $("form");
  let texts = setup.texts[document.documentElement.lang];
  let chosen = ""; // the language, once the reader or the site has chosen it
  let turns = [];
  let running = null; // the AbortController of the answer that is being written
  let parentOrigin = "";

  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name === "onclick") element.onclick = value;
      else if (value) element.setAttribute(name, value);
    }
    element.append(...children.filter(Boolean));
    return element;
  }

  const say = (text) => { $("status").textContent = text; };

  // The embedding page, once it has said hello from an origin that may embed us.
  function tell(type, detail = {}) {
    if (parentOrigin) parent.postMessage({ type, detail }, parentOrigin);
  }

  addEventListener("message", (event) => {
    const allowed = event.origin === location.origin || setup.origins.includes(event.origin);
    if (event.source !== parent || parent === window || !allowed) return;
    const { type, text, lang } = event.data || {};
    if (type === "hello" && !parentOrigin) {
      parentOrigin = event.origin;
      $("close").hidden = query.has("inline");
      tell("ready");
    } else if (type === "focus") box.focus();
    else if (type === "ask" && typeof text === "string") {
      box.value = text;
      submit();
    } else if (type === "language") speak(lang === "en" ? "en" : "nl", true);
  });

  function speak(language, byChoice) {
    texts = setup.texts[language];
    if (byChoice) chosen = language;
    document.documentElement.lang = language;
    for (const element of document.querySelectorAll("[data-text]")) element.textContent = texts[element.dataset.text];
    for (const element of document.querySelectorAll("[data-label]")) {
      element.setAttribute("aria-label", texts[element.dataset.label]);
      if (element.type) element.title = texts[element.dataset.label];
    }
    hint("");
    box.placeholder = texts.placeholder;
    for (const code of ["nl", "en"]) $(code).setAttribute("aria-pressed", String(code === language));
    $("privacy").href = `privacy?lang=${language}`;
    offer();
  }

  function offer() {
    const buttons = setup.examples[texts.language].map((question) =>
      make("button", { type: "button", onclick: () => ask(question) }, question));
    $("examples").replaceChildren(...buttons);
    $("examples").hidden = turns.length > 0;
  }

  const hint = (text) => { $("hint").textContent = text; };
  const size = (text) => [...text.trim()].length; // as the server counts

  // A question that would be refused stays in the box, with the reason below it.
  function submit() {
    const now = size(box.value);
    if (now && now <= MOST) return ask(box.value);
    hint(now ? texts.over.replace("{count}", now) : texts.error_empty);
    say($("hint").textContent);
    box.focus();
  }

  async function ask(question) {
    question = question.trim();
    if (!question || running) return;
    hint("");
    running = new AbortController();
    form.querySelector("button").disabled = true;
    $("examples").hidden = true;
    box.value = "";
    const asked = make("p", { class: "question", dir: "auto" }, question);
    const shown = make("div", { class: "answer" }, make("p", { class: "soft" }, texts.searching));
    log.append(asked, shown);
    log.setAttribute("aria-busy", "true");
    asked.scrollIntoView({ block: "start" });
    tell("question", { length: question.length });
    const began = performance.now();
    try {
      const answer = await answerTo(question, shown);
      shown.replaceWith(drawn(answer));
      asked.scrollIntoView({ block: "start" });
      turns = [...turns, { role: "user", text: question }, { role: "assistant", text: answer.text.slice(0, 1500) || "-" }].slice(-6);
      say(texts.done);
      tell("answer", { status: answer.status, citations: answer.citations.length, ms: Math.round(performance.now() - began) });
    } catch (error) {
      if (error.name === "AbortError") shown.remove();
      else {
        shown.replaceChildren(make("p", {}, error.told || texts.error_internal));
        say(error.told || texts.error_internal);
        tell("error", { code: error.code || "internal" });
      }
    }
    log.setAttribute("aria-busy", "false");
    form.querySelector("button").disabled = false;
    running = null;
  }

  function failure({ code, message }) {
    return Object.assign(new Error(code), { code, told: message });
  }

  // The finished answer; while it grows, its text so far is shown in `shown`.
  async function answerTo(question, shown) {
    const body = { message: question, history: turns };
    if (chosen) body.lang = chosen;
    const response = await fetch("api/v1/chat", {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Accept: "text/event-stream",
        "Accept-Language": document.documentElement.lang,  // what the widget speaks
      },
      body: JSON.stringify(body),
      signal: running.signal,
    });
    if (!response.ok) throw failure((await response.json()).error);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "", text = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) throw new Error("cut off");
      rest += value.replace(/\r/g, "");
      let end;
      while ((end = rest.indexOf("\n\n")) >= 0) {
        const block = rest.slice(0, end);
        rest = rest.slice(end + 2);
        const name = /^event: (.*)$/m.exec(block)?.[1];
        const data = /^data: (.*)$/m.exec(block)?.[1];
        if (!name) continue; // a comment, to keep the connection alive
        const parsed = JSON.parse(data);
        if (name === "error") throw failure(parsed);
        if (name === "done") return parsed.answer;
        if (name === "status") shown.firstChild.textContent = texts.writing;
        if (name === "delta") {
          text = parsed.replace ? parsed.text : text + parsed.text;
          shown.replaceChildren(make("p", {}, text));
        }
      }
    }
  }

  function drawn(answer) {
    const t = setup.texts[answer.language];
    const element = make("div", { class: "answer", lang: answer.language });
    if (answer.searched_for) element.append(make("p", { class: "soft" }, t.searched_for.replace("{text}", answer.searched_for)));
    if (answer.lead) element.append(make("p", {}, answer.lead));
    element.append(...said(answer, t, element));
    const told = note(answer, t);
    const refused = ["contact", "not_covered"].includes(answer.status);
    if (told) element.append(make("p", { class: refused ? "" : "soft" }, told));
    element.append(tools(answer, t));
    if (answer.nearest) element.append(make("div", { class: "nearest" }, make("p", {}, t.nearest), source(answer.nearest, t)));
    return element;
  }

  // Without what stands beside each translated sentence already.
  function note(answer, t) {
    if (answer.sentences.some((s) => s.language !== answer.language && !s.translated)) return answer.note;
    return answer.note.replace(new RegExp(`^((\\[\\d+\\] ?)+: )?${t.ours}`, "i"), "").trim();
  }

  // Paragraphs, or a list where the sentences are items of one.
  function said(answer, t, element) {
    const bullet = /^\s*(?:[-•*–]|\d{1,2}[.)])\s+/;
    const parts = [];
    for (const sentence of answer.sentences) {
      const item = bullet.test(sentence.text);
      let last = parts[parts.length - 1];
      if (last?.tagName !== (item ? "UL" : "P")) parts.push((last = make(item ? "ul" : "p")));
      const markers = sentence.markers.map((m) => marker(answer.citations.find((c) => c.marker === m), t, element));
      const piece = [
        make("span", { lang: sentence.language }, sentence.text.replace(bullet, "")),
        sentence.translated ? make("span", { class: "soft" }, ` (${t.translated})`) : "",
        "\u00a0", ...markers, " ",
      ];
      last.append(...(item ? [make("li", {}, ...piece)] : piece.filter(Boolean)));
    }
    return parts;
  }

  function marker(citation, t, element) {
    if (!citation) return "";
    const button = make("button", { type: "button", class: "cite", "aria-expanded": "false", "aria-label": `${t.source} ${citation.marker}` }, String(citation.marker));
    let card = null;
    button.onclick = () => {
      if (card) { card.remove(); card = null; }
      else {
        card = source(citation, t);
        element.insertBefore(card, element.querySelector(".tools"));
        card.focus();
      }
      button.setAttribute("aria-expanded", String(Boolean(card)));
    };
    return button;
  }

  function source(citation, t) {
    const byline = [citation.title, citation.author, citation.published_in].filter(Boolean).join(", ");
    const number = citation.marker ? `${t.source} ${citation.marker}` : t.source;
    const card = make("div", { class: "source", tabindex: "-1", role: "group", "aria-label": number });
    card.append(make("blockquote", { lang: citation.language }, citation.quote), make("cite", {}, byline));
    const row = make("div", { class: "row" });
    if (citation.twin_quote) {
      const twin = make("blockquote", { lang: citation.language === "nl" ? "en" : "nl", hidden: "hidden" }, citation.twin_quote);
      const ours = citation.twin_is_ours && make("cite", { hidden: "hidden" }, t.our_translation);
      const other = t[`in_${citation.language === "nl" ? "en" : "nl"}`];
      const turn = make("button", { type: "button" }, other);
      turn.onclick = () => {
        twin.hidden = !twin.hidden;
        if (ours) ours.hidden = twin.hidden;
        turn.textContent = twin.hidden ? other : t.hide;
      };
      row.append(turn);
      card.append(twin, ours || "");
    }
    if (/^https?:\/\//.test(citation.url)) {
      const at = encodeURIComponent(citation.quote).replace(/-/g, "%2D");
      row.append(make("a", { href: `${citation.url.split("#")[0]}#:~:text=${at}`, target: "_blank", rel: "noopener" }, t.read_more));
    }
    card.append(row);
    return card;
  }

  function tools(answer, t) {
    const row = make("div", { class: "row tools" });
    if (answer.sentences.length) {
      if (navigator.clipboard) row.append(make("button", { type: "button", onclick: () => copy(answer, t) }, t.copy));
      for (const verdict of ["up", "down"]) {
        const thumb = make("button", { type: "button", class: `thumb ${verdict}`, "aria-label": t[verdict], "aria-pressed": "false" });
        thumb.onclick = () => judge(answer.id, verdict, thumb, t);
        row.append(thumb);
      }
    }
    if (setup.contact && ["contact", "not_covered", "partly"].includes(answer.status)) {
      row.append(make("a", { href: setup.contact, target: "_blank", rel: "noopener" }, t.contact));
    }
    return row;
  }

  async function copy(answer, t) {
    const sources = answer.citations.map((c) => `[${c.marker}] “${c.quote}” (${[c.title, c.author, c.published_in].filter(Boolean).join(", ")})`);
    await navigator.clipboard.writeText([answer.text, ...sources].join("\n\n"));
    say(t.copied);
  }

  async function judge(id, verdict, thumb, t) {
    for (const other of thumb.parentNode.querySelectorAll("[aria-pressed]")) other.setAttribute("aria-pressed", String(other === thumb));
    const response = await fetch("api/v1/feedback", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ answer: id, verdict }),
    });
    const told = response.ok ? t.thanks : (await response.json()).error.message;
    const row = thumb.parentNode;
    (row.querySelector(".thanks") || row.appendChild(make("span", { class: "soft thanks" }))).textContent = told;
    say(told);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  box.addEventListener("input", () => {
    const now = size(box.value);
    hint(now > MOST * 0.9 ? texts[now > MOST ? "over" : "counter"].replace("{count}", now) : "");
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      submit();
    }
  });
  addEventListener("keydown", (event) => { if (event.key === "Escape") tell("close"); });
  $("close").onclick = () => tell("close");
  $("fresh").onclick = () => {
    running?.abort();
    turns = [];
    log.replaceChildren($("examples"));
    offer();
    hint("");
    box.focus();
  };
  for (const code of ["nl", "en"]) $(code).onclick = () => speak(code, true);

  const color = query.get("color");
  if (/^#[0-9a-f]{6}$/i.test(color || "")) {
    const channel = (i) => { const c = parseInt(color.slice(i, i + 2), 16) / 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; };
    const light = 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
    document.documentElement.style.setProperty("--accent", color);
    document.documentElement.style.setProperty("--on", light > 0.179 ? "#000" : "#fff");
  }
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const scheme = query.get("scheme");
  const shade = () => document.documentElement.classList.toggle("dark", scheme === "dark" || (scheme !== "light" && dark.matches));
  dark.addEventListener("change", shade);
  shade();
  speak(texts.language, false);
})();
