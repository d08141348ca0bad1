/** A description, its links as links: definitions write them as Markdown does. */
export function Description({ id, text }: { id?: string; text: string | undefined }) {
  if (!text) return null;
  const parts = text.split(/(\[[^\]]+\]\([^)]+\)|`[^`]+`)/g);
  return (
    <p class="description" id={id}>
      {parts.map((part, index) => {
        const link = /^\[([^\]]+)\]\((https?:[^)]+)\)$/.exec(part);
        if (link) {
          return (
            <a key={index} href={link[2]} target="_blank" rel="noreferrer noopener">
              {link[1]}
            </a>
          );
        }
        return part.startsWith('`') && part.endsWith('`') ? <code key={index}>{part.slice(1, -1)}</code> : part;
      })}
    </p>
  );
}
