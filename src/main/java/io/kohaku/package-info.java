/** The command line: one entry point, one subcommand per job. */
package io.kohaku;
