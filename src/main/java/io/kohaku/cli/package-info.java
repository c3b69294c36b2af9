/**
 * The command line: one subcommand per job, its options, and the exit codes that schedulers act on.
 */
package io.kohaku.cli;
