import { Injectable } from '@nestjs/common';

/** Whether the service is on its way out: still answering, but telling everybody to go elsewhere. */
@Injectable()
export class Drain {
  private draining = false;

  get isDraining(): boolean {
    return this.draining;
  }

  /** From now on the service is not ready and each answer closes its connection. */
  begin(): void {
    this.draining = true;
  }
}
