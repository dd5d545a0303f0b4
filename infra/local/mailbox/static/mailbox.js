// Tells of new mail on the list; the list itself is rendered by the server.
const fresh = document.getElementById("fresh");

async function look() {
  const answer = await fetch("/api/v1/messages?limit=0");
  const { total } = await answer.json();
  fresh.hidden = total <= Number(fresh.dataset.total);
}

if (fresh) {
  setInterval(() => document.hidden || look().catch(() => {}), 3000);
}
