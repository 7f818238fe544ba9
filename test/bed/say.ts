// One line to the person who runs the bed.

export function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
