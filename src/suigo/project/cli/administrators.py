"""administrator: the first person who may register all others, made on the server itself."""

from __future__ import annotations

import argparse

from suigo.project.cli.installation import (
    CommandError,
    data_directory,
    database,
    is_demonstration,
    start_django,
)


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare this module's commands."""
    command = commands.add_parser(
        "administrator",
        help="管理者を登録する / register an administrator",
        description="表示される仮のパスワードは、7日以内の最初のログインで変えます。"
        " / The temporary password it prints is replaced at the first sign-in, within 7 days.",
    )
    command.add_argument("email", help="メールアドレス / e-mail address")
    command.add_argument("name", help="氏名 / name: 「水郷　花子」")
    command.add_argument("kana", help="フリガナ / reading: 「スイゴウ　ハナコ」")
    command.add_argument("--post", help="職の番号 / id of a post in org.yaml")
    command.add_argument("--data")
    command.set_defaults(handler=register_administrator)


def register_administrator(arguments: argparse.Namespace) -> int:
    """Make the account, let it hold the post from today, and print the temporary password."""
    if is_demonstration():
        raise CommandError(
            "デモには管理者がいます。./suigo run が表示します"
            " / A demonstration has its administrator: ./suigo run prints it."
        )
    with database(data_directory(arguments.data)):
        start_django()
        from django.db import transaction  # noqa: PLC0415

        from suigo.engines.identity.actions import create_staff, hold_post  # noqa: PLC0415
        from suigo.kernel import clock  # noqa: PLC0415
        from suigo.kernel.access import SYSTEM  # noqa: PLC0415
        from suigo.kernel.errors import SuigoError  # noqa: PLC0415

        post, now = _post(arguments.post), clock.now()
        today = clock.local_date(now)
        try:
            with transaction.atomic():
                made = create_staff(
                    SYSTEM,
                    email=arguments.email,
                    name=arguments.name,
                    name_kana=arguments.kana,
                    now=now,
                )
                hold_post(
                    SYSTEM, made.public_id, post=post, valid_from=today, valid_to=None, now=now
                )
        except SuigoError as refused:
            details = getattr(refused, "field_errors", {}).values()
            raise CommandError("\n".join(map(str, details)) or str(refused)) from refused
    print(f"✓ {arguments.email} ({post})  /staff/sign-in/")
    print(f"  仮のパスワード / temporary password: {made.temporary_password}")
    return 0


def _post(wanted: str | None) -> str:
    """The post that may manage accounts: the one asked for, or the city's only one."""
    from suigo.engines.identity.policy import MANAGE  # noqa: PLC0415 (needs settings)
    from suigo.engines.identity.queries import organisation  # noqa: PLC0415

    org = organisation()
    able = [post.id for post in org.spec.posts if MANAGE in org.capabilities_of(post.id)]
    if wanted in able:
        return str(wanted)
    if wanted is None and len(able) == 1:
        return able[0]
    raise CommandError(
        "職員を登録できる職から選んでください / Choose a post that may register staff:\n"
        + "\n".join(f"  --post {post}  {org.title_of(post)}" for post in able)
    )
