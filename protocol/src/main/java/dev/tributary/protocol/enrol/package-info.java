/** How an agent becomes a member: what it sends with its one-time token, and what it is given. */
@NullMarked
package dev.tributary.protocol.enrol;

import org.jspecify.annotations.NullMarked;
