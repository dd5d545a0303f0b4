// The console works without this script. It adds the viewer's time zone, copy buttons and small conveniences.
const secure = location.protocol === "https:" ? "; Secure" : "";
const name = secure ? "__Secure-staffetta-zone" : "staffetta-zone";
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && !document.cookie.includes(`${name}=`)) {
  document.cookie = `${name}=${encodeURIComponent(zone)}; Path=/console; Max-Age=31536000; SameSite=Lax${secure}`;
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
  button.textContent = button.dataset.copied;
});

for (const button of document.querySelectorAll("button[data-copy]")) button.hidden = false;

// The menu is closed on a phone, and open beside a page.
const menu = document.querySelector("details.menu");
const narrow = matchMedia("(max-width: 52rem)");
const fold = () => menu && (menu.open = !narrow.matches);
narrow.addEventListener("change", fold);
fold();
