/** What was looked up last, so that asking again costs no look at the database. Bounded: the oldest goes first. */

export interface Recent<Row> {
  get(key: string): Row | undefined
  set(key: string, row: Row): void
}

export function recent<Row>(atMost: number): Recent<Row> {
  const rows = new Map<string, Row>()
  return {
    get(key) {
      const row = rows.get(key)
      if (row !== undefined) {
        rows.delete(key)
        rows.set(key, row)
      }
      return row
    },
    set(key, row) {
      rows.delete(key)
      rows.set(key, row)
      for (const oldest of rows.keys()) {
        if (rows.size <= atMost) break
        rows.delete(oldest)
      }
    },
  }
}
