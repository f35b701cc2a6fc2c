/** Reading the agent's own YAML files: every problem at once, each with its line and what to write instead. */
@NullMarked
package dev.tributary.agent.yaml;

import org.jspecify.annotations.NullMarked;
