package dev.tributary.privacy.audit;

/**
 * What an audit says of a claim. An alarm means that the implementation, not chance, is the likelier explanation; the
 * adapter must then not be released.
 *
 * @param claimed ε of the job's certificate
 * @param lowerBound ε that the audit found at least, at the confidence of {@code risk}
 */
public record Alarm(double claimed, double lowerBound, double risk) {

    public boolean raised() {
        return lowerBound > claimed;
    }

    public String message() {
        return raised()
                ? "the audit found epsilon of at least " + lowerBound + " (error probability " + risk + "), above the "
                        + claimed + " claimed: noise, clipping or sampling does not work as accounted. Do not release."
                : "the audit's lower bound " + lowerBound + " does not contradict the epsilon of " + claimed
                        + " claimed";
    }
}
