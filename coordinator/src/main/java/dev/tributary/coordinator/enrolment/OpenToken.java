package dev.tributary.coordinator.enrolment;

import java.time.Instant;

/** A token that can still be redeemed, as administrators see it: not the token itself. */
public record OpenToken(String id, String agent, String createdBy, Instant expires) {}
