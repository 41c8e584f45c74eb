import { Injectable } from '@nestjs/common';
import { Dataset } from '../dataset/dataset.js';
import type { OpenDataset } from '../dataset/open-dataset.js';
import type { Listing } from '../http/answer.js';

/** Answers which regions, artists and dates there are. */
@Injectable()
export class FiltersService {
  private prepared: { readonly of: OpenDataset; readonly body: Buffer } | undefined;

  constructor(private readonly dataset: Dataset) {}

  /** All of them, sorted; prepared once per version of the dataset. */
  all(): Listing {
    const { current } = this.dataset;
    return { canonical: '/filters', dataset: current, keep: true, load: () => this.body(current) };
  }

  private body(dataset: OpenDataset): Buffer {
    if (this.prepared?.of !== dataset) this.prepared = { of: dataset, body: encode(dataset) };
    return this.prepared.body;
  }
}

function encode({ dictionaries: { regionJson, artistJson, dayJson } }: OpenDataset): Buffer {
  return Buffer.concat([
    ...[Buffer.from('{"regions":'), regionJson.toArray()],
    ...[Buffer.from(',"artists":'), artistJson.toArray()],
    ...[Buffer.from(',"dates":'), dayJson.toArray(), Buffer.from('}')],
  ]);
}
