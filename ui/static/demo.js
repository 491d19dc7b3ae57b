// Drives the widget through its JavaScript interface, and shows the events it sends.
(() => {
  const heard = document.getElementById("heard");
  for (const event of ["ready", "open", "close", "question", "answer", "error"]) {
    window.ChatWidget.on(event, (detail) => {
      const item = document.createElement("li");
      item.textContent = `${event} ${JSON.stringify(detail)}`;
      heard.append(item);
    });
  }
  const actions = {
    open: () => window.ChatWidget.open(),
    ask: () => window.ChatWidget.ask("Aan welke criteria moet een Little Giant voldoen?"),
    en: () => window.ChatWidget.setLanguage("en"),
  };
  for (const button of document.querySelectorAll("[data-do]")) {
    button.addEventListener("click", actions[button.dataset.do]);
  }
})();
