// Stands for one time-skipping server, which lives as long as this process does: the servers themselves are started, and
// ended, by who listens on the control port. Arguments: port of the control, port of the server.
import { connect } from 'node:net';

const [control, port] = process.argv.slice(2).map(Number);
const socket = connect(control, '127.0.0.1', () => socket.write(`${port}\n`));
socket.once('error', (error) => {
  process.stderr.write(`test servers: ${error.message}\n`);
  process.exitCode = 1;
});
