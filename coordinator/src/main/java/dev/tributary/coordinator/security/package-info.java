/** Who may use the page and REST: accounts, API tokens, roles, and the limits against guessing. */
@NullMarked
package dev.tributary.coordinator.security;

import org.jspecify.annotations.NullMarked;
