/** What a finished job is shown as: {@code report.json}, {@code report.html} and the table in the terminal. */
@NullMarked
package dev.tributary.cli.report;

import org.jspecify.annotations.NullMarked;
