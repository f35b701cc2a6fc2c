package dev.tributary.protocol.enrol;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.tributary.privacy.envelope.Signer;
import dev.tributary.privacy.envelope.VerifyingKey;
import dev.tributary.privacy.seal.SealingKey;
import dev.tributary.protocol.wire.Wire;
import java.util.Optional;
import java.util.function.Function;

/**
 * Agent to coordinator: its three public keys, with a proof for each that it has the private one, and one that it knows
 * the token's secret.
 *
 * @param nonce of the challenge
 * @param answer what the challenge held
 * @param pkcs10 request for a certificate of the TLS key
 */
public record EnrolmentRequest(
        String tokenId, byte[] nonce, byte[] answer, byte[] pkcs10, VerifyingKey signing, SealingKey sealing) {

    static final String PURPOSE = "request";

    /** The request with its proofs, as it is sent. */
    public byte[] sealed(String proofKey, Signer signer) {
        byte[] body = Wire.EnrolmentBody.newBuilder()
                .setTokenId(tokenId)
                .setNonce(ByteString.copyFrom(nonce))
                .setAnswer(ByteString.copyFrom(answer))
                .setPkcs10(ByteString.copyFrom(pkcs10))
                .setSigningKey(ByteString.copyFrom(signing.raw()))
                .setSealingKey(ByteString.copyFrom(sealing.encoded()))
                .build()
                .toByteArray();
        return Wire.EnrolmentRequest.newBuilder()
                .setBody(ByteString.copyFrom(body))
                .setTokenProof(ByteString.copyFrom(EnrolmentToken.proof(proofKey, PURPOSE, body)))
                .setSignature(ByteString.copyFrom(signer.sign(body)))
                .build()
                .toByteArray();
    }

    /**
     * Reads a request and checks token proof and signature, not the answer or the certificate request.
     *
     * @param proofKeys of tokens that can be redeemed, by id
     * @throws IllegalArgumentException if it is none, or a proof does not hold
     */
    public static EnrolmentRequest open(byte[] bytes, Function<String, Optional<String>> proofKeys) {
        try {
            Wire.EnrolmentRequest outer = Wire.EnrolmentRequest.parseFrom(bytes);
            byte[] body = outer.getBody().toByteArray();
            Wire.EnrolmentBody wire = Wire.EnrolmentBody.parseFrom(body);
            // A token that is not known is told like a wrong proof.
            String key = proofKeys.apply(wire.getTokenId()).orElse("none");
            if (!EnrolmentToken.proves(key, PURPOSE, body, outer.getTokenProof().toByteArray())) {
                throw new IllegalArgumentException(
                        "the token is not valid: it was used, has expired, or is not of this coordinator");
            }
            VerifyingKey signing = VerifyingKey.ofRaw(wire.getSigningKey().toByteArray());
            if (!signing.verifies(body, outer.getSignature().toByteArray())) {
                throw new IllegalArgumentException("the request is not signed by the signing key in it");
            }
            return new EnrolmentRequest(
                    wire.getTokenId(),
                    wire.getNonce().toByteArray(),
                    wire.getAnswer().toByteArray(),
                    wire.getPkcs10().toByteArray(),
                    signing,
                    SealingKey.decode(wire.getSealingKey().toByteArray()));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("not an enrolment request: " + e.getMessage(), e);
        }
    }
}
