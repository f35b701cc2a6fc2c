/** Who becomes a member and stays one: certificate authority, one-time tokens, enrolled agents, revocation. */
@NullMarked
package dev.tributary.coordinator.enrolment;

import org.jspecify.annotations.NullMarked;
