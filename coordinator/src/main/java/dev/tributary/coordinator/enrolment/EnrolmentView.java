package dev.tributary.coordinator.enrolment;

import java.util.List;

/**
 * Members, and tokens that were not redeemed yet.
 *
 * @param required whether agents that are not enrolled are refused
 */
public record EnrolmentView(boolean required, List<Member> members, List<OpenToken> tokens) {}
