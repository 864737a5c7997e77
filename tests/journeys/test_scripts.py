"""What the scripts of kernel/ui add, tried on the gallery."""

import re
from typing import Any

from playwright.sync_api import Page, Route, expect

from browser import OpenPage


def open_example(page: Page, site: str, slug: str) -> Page:
    page.goto(f"{site}/gallery/{slug}/")
    page.wait_for_load_state("networkidle")
    return page


def use_script(page: Page, name: str) -> None:
    """Load one more of our modules into a page, as a template with that script would."""
    page.evaluate("name => import('/static/ui/' + name)", name)


def button_that_adds(page: Page) -> str:
    """Put a button without an id into the form, as rows have it; gives its HTML."""
    add = '<button name="_add" value="children">追加する</button>'
    page.locator("[data-form-region]").evaluate(
        "(region, html) => region.insertAdjacentHTML('beforeend', html)", add
    )
    return add


def refreshing(page: Page) -> None:
    """The form asks for its questions anew at /refresh-here."""
    use_script(page, "live-conditions.js")
    page.evaluate("document.querySelector('form[data-guard]').dataset.refreshUrl = '/refresh-here'")


def answering(page: Page, region: str) -> None:
    """Every such request is answered at once with this region."""
    page.route(
        "**/refresh-here",
        lambda route: route.fulfill(
            content_type="text/html; charset=utf-8",
            body=f"<main><div data-form-region>{region}</div></main>",
        ),
    )


def test_a_double_click_sends_once_and_a_retry_is_possible(
    page_at: OpenPage, pages_without_database: str
) -> None:
    page = open_example(page_at(360), pages_without_database, "form")
    sent: list[str] = []

    def lose(route: Route) -> None:
        if route.request.method == "POST":
            sent.append(route.request.method)
            route.fulfill(status=204)  # the browser stays on the page, as after a lost answer
        else:
            route.continue_()

    page.route("**/gallery/form/", lose)
    page.clock.install()
    button = page.get_by_role("button", name="次へ進む")
    button.dblclick()
    page.wait_for_function("() => document.querySelector('form[data-guard]').ariaBusy === 'true'")
    assert sent == ["POST"]

    page.clock.fast_forward(15_000)
    expect(page.locator("form[data-guard]")).not_to_have_attribute("aria-busy", "true")
    button.click()
    expect(page.locator("form[data-guard]")).to_have_attribute("aria-busy", "true")
    assert sent == ["POST", "POST"]


def test_leaving_with_unsaved_changes_asks_first(
    page_at: OpenPage, pages_without_database: str
) -> None:
    page = open_example(page_at(360), pages_without_database, "form")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))

    page.get_by_label("電話番号").fill("090-0000-0000")
    page.goto(f"{pages_without_database}/gallery/home/")
    page.goto(f"{pages_without_database}/gallery/form/")
    page.goto(f"{pages_without_database}/gallery/home/")

    assert asked == ["beforeunload"]


def test_the_error_summary_has_the_focus_and_leads_to_the_field(
    page_at: OpenPage, pages_without_database: str
) -> None:
    page = open_example(page_at(360), pages_without_database, "form")
    expect(page.locator("#error-summary")).to_be_focused()

    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.locator("#birth-day")).to_be_focused()


def test_the_counter_counts_characters_not_code_units(
    page_at: OpenPage, pages_without_database: str
) -> None:
    page = open_example(page_at(360), pages_without_database, "form")

    page.locator("#note").fill("𠮷野家")

    expect(page.locator("#note-count")).to_have_text("あと197文字")


def test_a_clerk_works_the_list_by_keyboard(page_at: OpenPage, pages_without_database: str) -> None:
    page = open_example(page_at(1280), pages_without_database, "inbox")
    rows = page.locator("[data-row]")

    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(rows.nth(1)).to_have_attribute("aria-current", "true")
    expect(page.locator("[data-row][aria-current]")).to_have_count(1)

    page.keyboard.press("x")
    page.keyboard.press("k")
    page.keyboard.press("x")
    expect(rows.nth(0).get_by_role("checkbox")).to_be_checked()
    expect(page.get_by_text("2件を選択")).to_be_visible()
    expect(page.get_by_role("button", name="担当を決める")).to_be_enabled()

    page.keyboard.press("/")
    page.keyboard.type("jx?")
    expect(page.get_by_role("searchbox", name="番号、氏名、かなでさがす")).to_have_value("jx?")

    page.keyboard.press("Tab")
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="キーの一覧")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="キーの一覧")).to_be_hidden()

    page.keyboard.press("j")
    page.keyboard.press("Enter")
    assert page.url.endswith("/gallery/inbox/#")


def test_select_all_shows_a_mixed_state(page_at: OpenPage, pages_without_database: str) -> None:
    page = open_example(page_at(1280), pages_without_database, "inbox")
    everything = page.get_by_label("すべて選択")

    everything.check()
    expect(page.get_by_text("25件を選択")).to_be_visible()
    page.locator("[data-row] input").first.uncheck()

    expect(page.get_by_text("24件を選択")).to_be_visible()
    assert everything.evaluate("box => box.indeterminate")


def test_menus_close_with_escape_and_a_click_elsewhere(
    page_at: OpenPage, pages_without_database: str
) -> None:
    page = open_example(page_at(360), pages_without_database, "home")
    english = page.get_by_role("button", name="English")

    page.get_by_text("言語").first.click()
    expect(english).to_be_visible()
    page.keyboard.press("Escape")
    expect(english).to_be_hidden()

    page.get_by_text("言語").first.click()
    page.get_by_role("heading", name="ライフイベント").click()
    expect(english).to_be_hidden()


def test_a_dialog_opens_over_the_page_and_closes(
    page_at: OpenPage, pages_without_database: str
) -> None:
    page = open_example(page_at(360), pages_without_database, "public")
    dialog = page.locator("#withdraw")

    page.locator("[data-opens=withdraw]").click()
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="やめる").click()

    expect(dialog).to_be_hidden()


PHOTO = """async ([width, height]) => {
  const canvas = new OffscreenCanvas(width, height);
  const paper = canvas.getContext('2d');
  const picture = paper.createImageData(width, height);  // as noisy as a camera's picture
  const dots = new Uint32Array(picture.data.buffer);
  for (let i = 0, dot = 88172645; i < dots.length; i++) {
    dot ^= dot << 13; dot ^= dot >>> 17; dot ^= dot << 5;
    dots[i] = dot | 0xff000000;
  }
  paper.putImageData(picture, 0, 0);
  const blob = await canvas.convertToBlob({type: 'image/png'});
  const {shrink} = await import('/static/ui/upload.js');
  const small = await shrink(new File([blob], '写真.png', {type: 'image/png'}));
  const seen = await createImageBitmap(small);
  return {name: small.name, type: small.type, width: seen.width, height: seen.height};
}"""


def test_a_photo_is_made_smaller_before_it_is_sent(
    page_at: OpenPage, pages_without_database: str
) -> None:
    page = open_example(page_at(360), pages_without_database, "home")

    assert page.evaluate(PHOTO, [4000, 3000]) == {
        "name": "写真.jpg",
        "type": "image/jpeg",
        "width": 2400,
        "height": 1800,
    }


def test_a_small_picture_and_a_pdf_are_sent_untouched(
    page_at: OpenPage, pages_without_database: str
) -> None:
    page = open_example(page_at(360), pages_without_database, "home")

    assert page.evaluate(PHOTO, [200, 100]) == {
        "name": "写真.png",
        "type": "image/png",
        "width": 200,
        "height": 100,
    }
    assert page.evaluate(
        """async () => {
             const {shrink} = await import('/static/ui/upload.js');
             const file = new File(['%PDF-1.7'], 'a.pdf', {type: 'application/pdf'});
             return await shrink(file) === file;
           }"""
    )


def test_each_file_is_sent_at_once_and_shows_the_answer(
    page_at: OpenPage, pages_without_database: str
) -> None:
    page = open_example(page_at(360), pages_without_database, "form")
    use_script(page, "upload.js")
    answers = iter(
        [
            {"status": 200, "body": '<div class="file file--done" id="first">届きました</div>'},
            {"status": 422, "body": '<div class="file file--failed" id="second">読めません</div>'},
        ]
    )
    bodies: list[bytes] = []

    def answer(route: Route) -> None:
        bodies.append(route.request.post_data_buffer or b"")
        reply: dict[str, Any] = next(answers)
        route.fulfill(content_type="text/html; charset=utf-8", **reply)

    page.evaluate("document.querySelector('[data-upload]').dataset.upload = '/send-here'")
    page.route("**/send-here", answer)
    page.locator("#card").set_input_files(
        [
            {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 one"},
            {"name": "b.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 two"},
        ]
    )

    expect(page.locator("#first")).to_have_text("届きました")
    expect(page.locator("#second")).to_have_text("読めません")
    assert [re.findall(rb"%PDF-1.7 \w+", body) for body in bodies] == [
        [b"%PDF-1.7 one"],
        [b"%PDF-1.7 two"],
    ]
    assert page.locator("#card").evaluate("input => input.files.length") == 0


def test_a_lost_upload_can_be_sent_again(page_at: OpenPage, pages_without_database: str) -> None:
    page = open_example(page_at(360), pages_without_database, "form")
    use_script(page, "upload.js")
    page.evaluate("document.querySelector('[data-upload]').dataset.upload = '/send-here'")
    page.route("**/send-here", lambda route: route.abort(), times=1)
    page.locator("#card").set_input_files(
        {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
    )
    expect(page.get_by_text("送信できませんでした")).to_be_visible()

    page.route(
        "**/send-here",
        lambda route: route.fulfill(content_type="text/html", body='<div class="file">ok</div>'),
    )
    page.get_by_role("button", name="もう一度送る").click()

    expect(page.get_by_text("ok", exact=True)).to_be_visible()
    expect(page.get_by_text("送信できませんでした")).to_have_count(0)


def test_a_condition_changes_the_questions_and_keeps_focus_and_typing(
    page_at: OpenPage, pages_without_database: str
) -> None:
    page = open_example(page_at(360), pages_without_database, "form")
    refreshing(page)
    held: list[Route] = []
    page.route("**/refresh-here", lambda route: held.append(route))

    page.locator("#name").fill("見本 太郎")
    page.keyboard.press("Tab")
    expect(page.locator("#phone")).to_be_focused()
    page.keyboard.type("0299")
    page.wait_for_timeout(50)
    held[0].fulfill(
        content_type="text/html; charset=utf-8",
        body="""<main><div data-form-region>
          <div class="field"><input class="input" id="name" value="server"></div>
          <div class="field"><input class="input" id="phone" type="tel"></div>
          <div class="field"><input class="input" id="new-question" value=""></div>
        </div></main>""",
    )

    expect(page.locator("#new-question")).to_be_visible()
    expect(page.locator("#name")).to_have_value("見本 太郎")
    expect(page.locator("#phone")).to_have_value("0299")
    expect(page.locator("#phone")).to_be_focused()
    assert page.locator("#phone").evaluate("input => input.selectionStart") == 4


def test_a_condition_leaves_the_focus_on_a_button_without_an_id(
    page_at: OpenPage, pages_without_database: str
) -> None:
    page = open_example(page_at(360), pages_without_database, "form")
    refreshing(page)
    add = button_that_adds(page)
    held: list[Route] = []
    page.route("**/refresh-here", lambda route: held.append(route))

    page.locator("#name").fill("見本 太郎")
    page.locator("button[name=_add]").focus()
    page.wait_for_timeout(50)
    held[0].fulfill(
        content_type="text/html; charset=utf-8",
        body=f'<main><div data-form-region><p id="fresh">新しい質問</p>{add}</div></main>',
    )

    expect(page.locator("#fresh")).to_be_visible()
    expect(page.locator("button[name=_add]")).to_be_focused()


def test_a_button_does_not_move_away_while_it_is_held_down(
    page_at: OpenPage, pages_without_database: str
) -> None:
    """Pressing it leaves a field, so that the questions above change between press and release."""
    page = open_example(page_at(360), pages_without_database, "form")
    refreshing(page)
    sent: list[str] = []
    page.route("**/gallery/form/", lambda route: (sent.append("form"), route.fulfill(status=204)))
    answering(page, '<p id="fresh"></p>' + "<p>質問</p>" * 30)

    page.locator("#name").focus()
    page.keyboard.type("太郎")
    button = page.get_by_role("button", name="次へ進む")
    button.hover()
    with page.expect_response("**/refresh-here"):
        page.mouse.down()
    page.wait_for_timeout(300)
    assert page.locator("#fresh").count() == 0
    page.mouse.up()

    expect(page.locator("form[data-guard]")).to_have_attribute("aria-busy", "true")
    assert sent == ["form"]


def test_a_press_elsewhere_lets_the_questions_change_when_it_ends(
    page_at: OpenPage, pages_without_database: str
) -> None:
    page = open_example(page_at(360), pages_without_database, "form")
    refreshing(page)
    answering(page, '<p id="fresh">新しい質問</p>')

    page.locator("#name").focus()
    page.keyboard.type("太郎")
    page.locator("h1").hover()
    with page.expect_response("**/refresh-here"):
        page.mouse.down()
    page.mouse.up()
    expect(page.locator("#fresh")).to_be_visible()


def test_a_second_press_that_follows_at_once_is_waited_for_too(
    page_at: OpenPage, pages_without_database: str
) -> None:
    """Choosing an answer and pressing a button at once: the button stays till it is let go."""
    page = open_example(page_at(360), pages_without_database, "form")
    refreshing(page)
    answering(page, '<p id="fresh">新しい質問</p>')
    press = "type => document.body.dispatchEvent(new PointerEvent(type, {bubbles: true}))"

    page.evaluate(press, "pointerdown")
    with page.expect_response("**/refresh-here"):
        page.locator("#name").dispatch_event("change")
    page.wait_for_timeout(50)
    page.evaluate(f"['pointerup', 'pointerdown'].forEach({press})")
    page.wait_for_timeout(300)
    assert page.locator("#fresh").count() == 0

    page.evaluate(press, "pointerup")
    expect(page.locator("#fresh")).to_be_visible()


def test_a_button_stays_while_the_space_bar_is_down(
    page_at: OpenPage, pages_without_database: str
) -> None:
    page = open_example(page_at(360), pages_without_database, "form")
    refreshing(page)
    add = button_that_adds(page)
    sent: list[str] = []
    page.route("**/gallery/form/", lambda route: (sent.append("form"), route.fulfill(status=204)))
    answering(page, f'<p id="fresh">新しい質問</p>{add}')

    page.locator("button[name=_add]").focus()
    page.keyboard.down("Space")
    with page.expect_response("**/refresh-here"):
        page.locator("#name").dispatch_event("change")
    page.wait_for_timeout(300)
    assert page.locator("#fresh").count() == 0
    page.keyboard.up("Space")

    expect(page.locator("form[data-guard]")).to_have_attribute("aria-busy", "true")
    assert sent == ["form"]
