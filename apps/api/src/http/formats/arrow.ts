import {
  columnFromArray,
  dateDay,
  field,
  float64,
  int32,
  Table,
  tableFromColumns,
  tableToIPC,
  uint32,
  utf8,
} from '@uwdata/flechette';
import type { Cell, ColumnOf, ColumnType, Row } from './layout.js';

const TYPES = { text: utf8, date: dateDay, whole: uint32, integer: int32, number: float64 } as const;
const LIMITS: Partial<Record<ColumnType, readonly [number, number]>> = {
  whole: [0, 0xffff_ffff],
  integer: [-0x8000_0000, 0x7fff_ffff],
};

/**
 * Rows as an Apache Arrow IPC stream of one record batch, in this order of columns: text is utf8, a date date32, a whole
 * number uint32 or with a sign int32, any other number float64. Throws RangeError for a number that its type cannot hold.
 */
export function arrowStream(rows: readonly Row[], columns: readonly ColumnOf[]): Buffer {
  const table = tableFromColumns(
    columns.map((column) => {
      const values = rows.map((row) => arrowValue(row[column.name]!, column));
      return [column.name, columnFromArray(values, TYPES[column.type]())];
    }),
  );
  const fields = columns.map(({ name, type, nullable }) => field(name, TYPES[type](), nullable));
  const described = new Table({ ...table.schema, fields }, table.children);
  const bytes = tableToIPC(described, { format: 'stream' })!;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function arrowValue(value: Cell, { name, type }: ColumnOf): Cell {
  if (value === null) return null;
  if (type === 'date') return Date.parse(String(value));
  const [least, most] = LIMITS[type] ?? [];
  if (least !== undefined && most !== undefined && !(Number(value) >= least && Number(value) <= most))
    throw new RangeError(`${name}: ${value} is not from ${least} to ${most}, which is what its Arrow type holds`);
  return value;
}
