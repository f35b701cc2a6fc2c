package dev.tributary.coordinator.enrolment;

import dev.tributary.plan.AgentId;
import dev.tributary.privacy.envelope.KeyRing;
import dev.tributary.privacy.envelope.VerifyingKey;
import java.util.HexFormat;
import java.util.Optional;

/** An enrolled agent signs by the key that its certificate names; others by their first key, where that is allowed. */
final class MemberKeys implements KeyRing {

    private final Enrolments enrolments;
    private final KeyRing firstUse;
    private final boolean required;

    MemberKeys(Enrolments enrolments, KeyRing firstUse, boolean required) {
        this.enrolments = enrolments;
        this.firstUse = firstUse;
        this.required = required;
    }

    private static Optional<AgentId> agent(String principal) {
        try {
            return Optional.of(new AgentId(principal));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    @Override
    public Optional<VerifyingKey> find(String principal, byte[] keyId) {
        Optional<Member> member = agent(principal).flatMap(enrolments::find);
        if (member.isEmpty()) {
            return required ? Optional.empty() : firstUse.find(principal, keyId);
        }
        return member.filter(Member::isActive)
                .filter(m -> m.signingKey().equals(HexFormat.of().formatHex(keyId)))
                .map(m -> VerifyingKey.ofRaw(keyId));
    }

    @Override
    public Optional<VerifyingKey> known(String principal) {
        Optional<Member> member = agent(principal).flatMap(enrolments::find);
        if (member.isEmpty()) {
            return required ? Optional.empty() : firstUse.known(principal);
        }
        return member.filter(Member::isActive).map(m -> m.keys().signing());
    }

    @Override
    public boolean confirm(String principal, byte[] keyId) {
        boolean enrolled = agent(principal).flatMap(enrolments::find).isPresent();
        return enrolled || required ? find(principal, keyId).isPresent() : firstUse.confirm(principal, keyId);
    }
}
