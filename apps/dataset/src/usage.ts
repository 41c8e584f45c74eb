import { Command, CommanderError } from 'commander';
import { addGlobalOptions, type Surroundings } from './command-context.js';
import { addAppend } from './commands/append.js';
import { addBuild } from './commands/build.js';
import { addExport } from './commands/export.js';
import { addFetch } from './commands/fetch.js';
import { addInfo } from './commands/info.js';
import { addPrune } from './commands/prune.js';
import { addSample } from './commands/sample.js';
import { addUse } from './commands/use.js';
import { addVerify, FaultsFound } from './commands/verify.js';
import { describeFailure, EXIT, EXIT_CODES_HELP } from './exit-codes.js';

/** Runs a command line (without node and script) and returns the code to exit with; never throws. */
export async function runDataset(args: readonly string[], around: Surroundings): Promise<number> {
  try {
    await createProgram(around).parseAsync(args, { from: 'user' });
    return EXIT.done;
  } catch (error) {
    if (error instanceof FaultsFound) return EXIT.faults;
    const { exitCode, message } = describeFailure(error, around.signal.aborted);
    if (exitCode === EXIT.done) return exitCode;
    // What commander throws it has shown already.
    if (!(error instanceof CommanderError)) around.stderr.write(`${message}\n`);
    if (args.includes('--json')) around.stdout.write(`${JSON.stringify({ error: message, exitCode })}\n`);
    return exitCode;
  }
}

function createProgram(around: Surroundings): Command {
  const program = new Command('dataset')
    .description('Prepares the datasets that spotify-charts serves.')
    .usage('[options] <command>')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void around.stdout.write(text),
      writeErr: (text) => void around.stderr.write(text),
    })
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(--help says more)')
    .addHelpText('afterAll', EXIT_CODES_HELP);
  addGlobalOptions(program);
  for (const add of [addBuild, addAppend, addFetch, addVerify, addInfo, addUse, addPrune, addSample, addExport]) {
    add(program, around);
  }
  return program;
}
