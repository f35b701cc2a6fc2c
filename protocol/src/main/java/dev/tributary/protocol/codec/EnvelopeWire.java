package dev.tributary.protocol.codec;

import static dev.tributary.protocol.codec.WireValues.part;

import com.google.protobuf.ByteString;
import dev.tributary.plan.BlobRef;
import dev.tributary.protocol.ContentSeal;
import dev.tributary.protocol.Envelope;
import dev.tributary.protocol.LogHead;
import dev.tributary.protocol.Message;
import dev.tributary.protocol.wire.Wire;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Envelopes and the message in them. */
final class EnvelopeWire {

    /** The only version of the envelope so far. */
    static final int VERSION = 1;

    private static final int SHA256_BYTES = 32;

    private EnvelopeWire() {}

    static Wire.Envelope write(Envelope envelope) {
        Wire.Envelope.Builder wire = Wire.Envelope.newBuilder()
                .setVersion(VERSION)
                .setFederation(envelope.federation())
                .setFrom(envelope.from())
                .setTo(envelope.to())
                .setSequence(envelope.sequence())
                .setPrevious(ByteString.copyFrom(HexFormat.of().parseHex(envelope.previous())))
                .setAt(WireValues.time(envelope.at()));
        put(envelope.message(), wire);
        return wire.build();
    }

    /** Whether a message tells the key of a blob, which nobody but its addressee may read. */
    static boolean tellsKey(Message message) {
        if (message instanceof Message.BlobManifest manifest) {
            return tellsKey(manifest.seal());
        }
        return message instanceof Message.Command command
                && command.blobs().stream().anyMatch(location -> tellsKey(location.seal()));
    }

    private static boolean tellsKey(@Nullable ContentSeal seal) {
        return seal != null && seal.key() != null;
    }

    private static void put(Message message, Wire.Envelope.Builder wire) {
        if (message instanceof Message.Register register) {
            wire.setRegister(Wire.Register.newBuilder()
                    .setProfile(ProfileWire.write(register.profile()))
                    .setPublicKey(register.publicKey()));
        } else if (message instanceof Message.Heartbeat heartbeat) {
            Wire.Heartbeat.Builder builder =
                    Wire.Heartbeat.newBuilder().setAgent(heartbeat.agent().value());
            heartbeat.progress().forEach(progress -> builder.addProgress(AnswerWire.write(progress)));
            wire.setHeartbeat(builder);
        } else if (message instanceof Message.UpdateReady ready) {
            wire.setUpdateReady(Wire.UpdateReady.newBuilder().setUpdate(AnswerWire.write(ready.update())));
        } else if (message instanceof Message.EvaluationReady ready) {
            wire.setEvaluationReady(
                    Wire.EvaluationReady.newBuilder().setEvaluation(AnswerWire.write(ready.evaluation())));
        } else if (message instanceof Message.PlanRefused refused) {
            wire.setPlanRefused(Wire.PlanRefused.newBuilder().setRefusal(AnswerWire.write(refused.refusal())));
        } else if (message instanceof Message.Command command) {
            Wire.Command.Builder builder = Wire.Command.newBuilder()
                    .setPlan(PlanWire.write(command.plan()))
                    .setEpoch(command.epoch());
            command.blobs().forEach(location -> builder.addBlobs(WireValues.location(location)));
            wire.setCommand(builder);
        } else if (message instanceof Message.Cancel cancel) {
            wire.setCancel(Wire.Cancel.newBuilder()
                    .setJob(cancel.job().value())
                    .setPlanId(cancel.planId())
                    .setReason(cancel.reason())
                    .setEpoch(cancel.epoch()));
        } else if (message instanceof Message.Verdict verdict) {
            Wire.Verdict.Builder builder = Wire.Verdict.newBuilder()
                    .setPlanId(verdict.planId())
                    .setJob(verdict.job().value())
                    .setRound(verdict.round())
                    .setAccepted(verdict.accepted())
                    .setReason(verdict.reason())
                    .setEpoch(verdict.epoch());
            LogHead log = verdict.log();
            if (log != null) {
                builder.setLog(Wire.LogHead.newBuilder()
                        .setCheckpoint(log.checkpoint())
                        .setHash(ByteString.copyFrom(HexFormat.of().parseHex(log.hash()))));
            }
            wire.setVerdict(builder);
        } else if (message instanceof Message.CertificateRequest request) {
            wire.setCertificateRequest(
                    Wire.CertificateRequest.newBuilder().setPkcs10(ByteString.copyFrom(request.pkcs10())));
        } else if (message instanceof Message.CertificateIssued issued) {
            wire.setCertificateIssued(
                    Wire.CertificateIssued.newBuilder().setCertificates(ByteString.copyFrom(issued.certificates())));
        } else if (message instanceof Message.BlobManifest manifest) {
            Wire.BlobManifest.Builder builder = Wire.BlobManifest.newBuilder()
                    .setBlob(WireValues.blob(manifest.blob()))
                    .setChunkCount(manifest.chunkCount())
                    .setChunkBytes(manifest.chunkBytes());
            ContentSeal seal = manifest.seal();
            if (seal != null) {
                builder.setContent(WireValues.blob(seal.content())).setContentKey(WireValues.key(seal.key()));
            }
            wire.setBlobManifest(builder);
        }
    }

    /** @throws IllegalArgumentException naming the field that is missing or nonsense */
    static Envelope read(Wire.Envelope wire) {
        return new Envelope(
                wire.getFederation(),
                wire.getFrom(),
                wire.getTo(),
                WireValues.notNegative("sequence", wire.getSequence()),
                previous(wire.getPrevious()),
                WireValues.time(part(wire.hasAt(), wire.getAt(), "at")),
                message(wire));
    }

    private static String previous(ByteString hash) {
        if (!hash.isEmpty() && hash.size() != SHA256_BYTES) {
            throw new IllegalArgumentException("previous must be a SHA-256 of 32 bytes, has " + hash.size());
        }
        return HexFormat.of().formatHex(hash.toByteArray());
    }

    private static Message message(Wire.Envelope wire) {
        return switch (wire.getMessageCase()) {
            case REGISTER ->
                new Message.Register(
                        ProfileWire.read(part(
                                wire.getRegister().hasProfile(),
                                wire.getRegister().getProfile(),
                                "register.profile")),
                        wire.getRegister().getPublicKey());
            case HEARTBEAT ->
                new Message.Heartbeat(
                        WireValues.agent(wire.getHeartbeat().getAgent()),
                        wire.getHeartbeat().getProgressList().stream()
                                .map(AnswerWire::read)
                                .toList());
            case UPDATE_READY ->
                new Message.UpdateReady(AnswerWire.read(part(
                        wire.getUpdateReady().hasUpdate(), wire.getUpdateReady().getUpdate(), "update_ready.update")));
            case EVALUATION_READY ->
                new Message.EvaluationReady(AnswerWire.read(part(
                        wire.getEvaluationReady().hasEvaluation(),
                        wire.getEvaluationReady().getEvaluation(),
                        "evaluation_ready.evaluation")));
            case PLAN_REFUSED ->
                new Message.PlanRefused(AnswerWire.read(part(
                        wire.getPlanRefused().hasRefusal(),
                        wire.getPlanRefused().getRefusal(),
                        "plan_refused.refusal")));
            case COMMAND -> command(wire.getCommand());
            case CANCEL ->
                new Message.Cancel(
                        WireValues.job(wire.getCancel().getJob()),
                        wire.getCancel().getPlanId(),
                        wire.getCancel().getReason(),
                        wire.getCancel().getEpoch());
            case VERDICT -> verdict(wire.getVerdict());
            case BLOB_MANIFEST -> manifest(wire.getBlobManifest());
            case CERTIFICATE_REQUEST ->
                new Message.CertificateRequest(
                        wire.getCertificateRequest().getPkcs10().toByteArray());
            case CERTIFICATE_ISSUED ->
                new Message.CertificateIssued(
                        wire.getCertificateIssued().getCertificates().toByteArray());
            case MESSAGE_NOT_SET -> throw new IllegalArgumentException("no message in the envelope");
        };
    }

    private static Message command(Wire.Command wire) {
        return new Message.Command(
                PlanWire.read(part(wire.hasPlan(), wire.getPlan(), "command.plan")),
                wire.getBlobsList().stream().map(WireValues::location).toList(),
                wire.getEpoch());
    }

    private static Message verdict(Wire.Verdict wire) {
        return new Message.Verdict(
                wire.getPlanId(),
                WireValues.job(wire.getJob()),
                wire.getRound(),
                wire.getAccepted(),
                wire.getReason(),
                wire.getEpoch(),
                wire.hasLog()
                        ? new LogHead(
                                wire.getLog().getCheckpoint(),
                                HexFormat.of().formatHex(wire.getLog().getHash().toByteArray()))
                        : null);
    }

    private static Message manifest(Wire.BlobManifest wire) {
        BlobRef blob = WireValues.blob(part(wire.hasBlob(), wire.getBlob(), "blob_manifest.blob"));
        ContentSeal seal = wire.hasContent()
                ? new ContentSeal(WireValues.blob(wire.getContent()), blob, WireValues.key(wire.getContentKey()))
                : null;
        return new Message.BlobManifest(blob, wire.getChunkCount(), wire.getChunkBytes(), seal);
    }
}
