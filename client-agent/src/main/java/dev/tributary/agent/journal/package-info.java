/** What an agent remembers over restarts: small files, each replaced in one atomic step. */
@NullMarked
package dev.tributary.agent.journal;

import org.jspecify.annotations.NullMarked;
