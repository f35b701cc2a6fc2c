package dev.tributary.protocol.enrol;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.tributary.privacy.pki.Certificates;
import dev.tributary.protocol.wire.Wire;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * Coordinator to agent: you are in.
 *
 * @param bootstrapServers where the broker is, {@code host:port,...}
 * @param tls whether the broker asks for the agent's certificate
 * @param certificate the agent's
 * @param coordinator the coordinator's, which names the keys that its messages are signed by and sealed to
 */
public record EnrolmentGrant(
        String agent,
        String federation,
        String bootstrapServers,
        boolean tls,
        X509Certificate certificate,
        X509Certificate authority,
        X509Certificate coordinator) {

    private static final String PURPOSE = "grant";

    /** The grant with its proof, as it is sent. */
    public byte[] sealed(String proofKey) {
        byte[] pem =
                Certificates.text(List.of(certificate, authority, coordinator)).getBytes(StandardCharsets.US_ASCII);
        byte[] body = Wire.EnrolmentGrant.newBuilder()
                .setAgent(agent)
                .setFederation(federation)
                .setBootstrapServers(bootstrapServers)
                .setTls(tls)
                .setCertificates(ByteString.copyFrom(pem))
                .build()
                .toByteArray();
        return Wire.EnrolmentAnswer.newBuilder()
                .setBody(ByteString.copyFrom(body))
                .setTokenProof(ByteString.copyFrom(EnrolmentToken.proof(proofKey, PURPOSE, body)))
                .build()
                .toByteArray();
    }

    /** @throws IllegalArgumentException if it is none, or nobody who knows the token's secret made it */
    public static EnrolmentGrant open(byte[] bytes, String proofKey) {
        try {
            Wire.EnrolmentAnswer outer = Wire.EnrolmentAnswer.parseFrom(bytes);
            byte[] body = outer.getBody().toByteArray();
            if (!EnrolmentToken.proves(
                    proofKey, PURPOSE, body, outer.getTokenProof().toByteArray())) {
                throw new IllegalArgumentException("the answer does not come from the coordinator that made the token");
            }
            Wire.EnrolmentGrant wire = Wire.EnrolmentGrant.parseFrom(body);
            List<X509Certificate> certificates =
                    Certificates.read(wire.getCertificates().toByteArray());
            if (certificates.size() != 3) {
                throw new IllegalArgumentException("expected three certificates, got " + certificates.size());
            }
            return new EnrolmentGrant(
                    wire.getAgent(),
                    wire.getFederation(),
                    wire.getBootstrapServers(),
                    wire.getTls(),
                    certificates.get(0),
                    certificates.get(1),
                    certificates.get(2));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("not an enrolment's answer: " + e.getMessage(), e);
        }
    }
}
