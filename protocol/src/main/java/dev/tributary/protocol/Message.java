package dev.tributary.protocol;

import dev.tributary.plan.AgentId;
import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.BlobRef;
import dev.tributary.plan.Evaluation;
import dev.tributary.plan.JobId;
import dev.tributary.plan.Plan;
import dev.tributary.plan.Progress;
import dev.tributary.plan.Refusal;
import dev.tributary.plan.Update;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A message's content, before it is put in an {@link Envelope} and signed. */
public sealed interface Message {

    /** Agent to coordinator: here I am; sent at every start and repeated as a heartbeat payload changes. */
    record Register(AgentProfile profile, String publicKey) implements Message {}

    /** Agent to coordinator, every few seconds: alive, and doing this. */
    record Heartbeat(AgentId agent, List<Progress> progress) implements Message {}

    /** Agent to coordinator: the trained update; its blob went ahead of it on the same topic. */
    record UpdateReady(Update update) implements Message {}

    record EvaluationReady(Evaluation evaluation) implements Message {}

    record PlanRefused(Refusal refusal) implements Message {}

    /**
     * Coordinator to agent: carry out this plan.
     *
     * @param blobs where every blob the plan names can be fetched
     * @param epoch of the coordinator that leads; agents refuse older ones
     */
    record Command(Plan plan, List<BlobLocation> blobs, long epoch) implements Message {
        public Command {
            blobs = List.copyOf(blobs);
        }
    }

    /** Coordinator to agent: stop working for this job (or on this plan, if not empty); its answer is no longer wanted. */
    record Cancel(JobId job, String planId, String reason, long epoch) implements Message {}

    /**
     * Coordinator to agent: what became of its answer.
     *
     * @param log where the log stood; null before the first checkpoint
     */
    record Verdict(
            String planId,
            JobId job,
            int round,
            boolean accepted,
            String reason,
            long epoch,
            @Nullable LogHead log) implements Message {
        public Verdict(String planId, JobId job, int round, boolean accepted, String reason, long epoch) {
            this(planId, job, round, accepted, reason, epoch, null);
        }
    }

    /**
     * Agent to coordinator: a new certificate is wanted before the old one expires.
     *
     * @param pkcs10 request for a new TLS key, DER
     */
    record CertificateRequest(byte[] pkcs10) implements Message {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof CertificateRequest that && Arrays.equals(pkcs10, that.pkcs10);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(pkcs10);
        }
    }

    /** Coordinator to agent: the certificate asked for and its authority's, PEM. */
    record CertificateIssued(byte[] certificates) implements Message {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof CertificateIssued that && Arrays.equals(certificates, that.certificates);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(certificates);
        }
    }

    /**
     * Last record of a blob's chunks: the commit point. Chunks without it are garbage.
     *
     * @param seal how the blob is opened; null if it travels as it is
     */
    record BlobManifest(
            BlobRef blob,
            int chunkCount,
            int chunkBytes,
            @Nullable ContentSeal seal) implements Message {
        public BlobManifest(BlobRef blob, int chunkCount, int chunkBytes) {
            this(blob, chunkCount, chunkBytes, null);
        }
    }
}
