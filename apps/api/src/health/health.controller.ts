import { Controller, Get } from '@nestjs/common';
import { textAnswer, type Answer } from '../http/answer.js';

/** GET /health as clients of the original service know it; orchestrators use the management port. */
@Controller('health')
export class HealthController {
  @Get()
  health(): Answer {
    return textAnswer('OK');
  }
}
