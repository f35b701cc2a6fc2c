/** The agent beside the data: it carries out plans, keeps personal state, and sends every answer exactly once. */
@NullMarked
package dev.tributary.agent;

import org.jspecify.annotations.NullMarked;
