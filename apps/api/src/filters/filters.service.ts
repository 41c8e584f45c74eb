import { Injectable } from '@nestjs/common';
import { Dataset } from '../dataset/dataset.js';
import type { OpenDataset } from '../dataset/open-dataset.js';
import type { Answer } from '../http/answer.js';

/** Answers which regions, artists and dates there are. */
@Injectable()
export class FiltersService {
  private prepared: { readonly of: OpenDataset; readonly answer: Answer } | undefined;

  constructor(private readonly dataset: Dataset) {}

  /** All of them, sorted; prepared once per version of the dataset. */
  all(): Answer {
    const { current } = this.dataset;
    if (this.prepared?.of !== current) this.prepared = { of: current, answer: { body: encode(current) } };
    return this.prepared.answer;
  }
}

function encode({ dictionaries: { regionJson, artistJson, dayJson } }: OpenDataset): Buffer {
  return Buffer.concat([
    ...[Buffer.from('{"regions":'), regionJson.toArray()],
    ...[Buffer.from(',"artists":'), artistJson.toArray()],
    ...[Buffer.from(',"dates":'), dayJson.toArray(), Buffer.from('}')],
  ]);
}
