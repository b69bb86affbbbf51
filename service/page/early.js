// Before anything is painted: the theme and language that were chosen, so that nothing flashes.
(() => {
  const chosen = (name) => {
    try {
      return JSON.parse(localStorage.getItem(`sinkqa.${name}`));
    } catch {
      return null; // storage is blocked, or holds what we did not write
    }
  };
  const root = document.documentElement;
  const theme = chosen("theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  const wanted = chosen("language") ?? navigator.language;
  root.lang = String(wanted).toLowerCase().startsWith("zh") ? "zh-Hans" : "en";
})();
