import { Injectable } from '@nestjs/common';

/** Whether what is asked for most has been answered once, so that the first clients do not wait for it. */
@Injectable()
export class Warmth {
  private warming = false;

  get isWarm(): boolean {
    return !this.warming;
  }

  /** From now on the service is not ready, until {@link end}. */
  begin(): void {
    this.warming = true;
  }

  end(): void {
    this.warming = false;
  }
}
