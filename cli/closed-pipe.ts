/** Whoever has read enough (`mars behind pictures | head`) closes the pipe: no failure, and nothing is left to tell. */
export function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
}
