/** The agent's configuration file, checked as a whole. */
@NullMarked
package dev.tributary.agent.config;

import org.jspecify.annotations.NullMarked;
