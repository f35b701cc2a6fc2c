/** {@code tributary privacy}: what noise costs, and how much of it a budget asks for. */
@NullMarked
package dev.tributary.cli.privacy;

import org.jspecify.annotations.NullMarked;
