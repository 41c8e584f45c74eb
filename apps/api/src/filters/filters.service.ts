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
    return { canonical: '/filters', keep: true, load: () => this.body() };
  }

  private body(): Buffer {
    const { current } = this.dataset;
    if (this.prepared?.of !== current) this.prepared = { of: current, body: encode(current) };
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
