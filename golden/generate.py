#!/usr/bin/env python3
"""Draws the images of the golden set from items.json, the same bytes every time, and notes their
sizes there.

    pip install -r golden/requirements.txt
    python3 golden/generate.py

Each item names its scene; the words in the picture are the `extracted_text` of its analysis. Where
a camera or a designer would leave a caption in the file, the headline stands in its metadata.
"""

import json
import math
import random
import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, PngImagePlugin

HERE = Path(__file__).parent
SIZES = {"poster": (600, 800), "post": (540, 800), "boarding": (440, 720), "app": (440, 720),
         "ticket": (800, 400), "stamps": (760, 560), "quote": (700, 420)}
# Screens and papers that nobody captions.
WITHOUT_CAPTION = {"boarding", "form", "quote", "whiteboard"}
INK, PAPER = (38, 36, 34), (250, 247, 240)


def font(size):
    """The one that comes with Pillow: the same on every machine."""
    return ImageFont.load_default(size)


def blend(a, b, t):
    return tuple(round(x + (y - x) * t) for x, y in zip(a, b))


def gradient(size, top, bottom):
    image = Image.new("RGB", size)
    draw = ImageDraw.Draw(image)
    for y in range(size[1]):
        draw.line([(0, y), (size[0], y)], fill=blend(top, bottom, y / size[1]))
    return image


def fitted(draw, text, width, size):
    """The largest font up to `size` in which the line fits."""
    while size > 11 and draw.textlength(text, font=font(size)) > width:
        size -= 1
    return font(size)


def write(draw, lines, box, size, fill, centre=False, gap=1.35):
    """Lines of text from the top of the box; says where they end."""
    x, y, right, _ = box
    for line in lines:
        face = fitted(draw, line, right - x, size)
        at = x + (right - x - draw.textlength(line, font=face)) / 2 if centre else x
        draw.text((at, y), line, font=face, fill=fill)
        y += round(size * gap)
    return y


def hills(draw, size, base, colour, rng, height):
    steps = [(x, base - height * abs(math.sin(x / size[0] * math.pi * rng.uniform(1.5, 2.4) + 1)))
             for x in range(0, size[0] + 40, 40)]
    draw.polygon([(0, size[1]), *steps, (size[0], size[1])], fill=colour)


def sun(draw, at, radius, colour):
    draw.ellipse([at[0] - radius, at[1] - radius, at[0] + radius, at[1] + radius], fill=colour)


def houses(draw, size, base, rng, colours, windows):
    x = 0
    while x < size[0]:
        width, height = rng.randint(50, 90), rng.randint(90, 240)
        draw.rectangle([x, base - height, x + width, base], fill=rng.choice(colours))
        for row in range(base - height + 16, base - 20, 34):
            for column in range(x + 10, x + width - 14, 22):
                draw.rectangle([column, row, column + 10, row + 16], fill=windows)
        x += width


# The landscapes and things of posters and posts, by name.

def scene_hills(size, rng):
    image = gradient(size, (255, 221, 158), (250, 176, 120))
    draw = ImageDraw.Draw(image)
    houses(draw, size, round(size[1] * .72), rng, [(236, 146, 104), (222, 120, 96), (244, 200, 160)], (120, 70, 60))
    draw.polygon([(0, size[1]), (size[0], size[1] * .6), (size[0], size[1])], fill=(120, 110, 104))
    w, h = size
    draw.rounded_rectangle([w * .3, h * .58, w * .72, h * .76], 14, fill=(250, 200, 30), outline=INK, width=4)
    for column in range(4):
        x = w * .33 + column * w * .095
        draw.rectangle([x, h * .61, x + w * .07, h * .67], fill=(190, 226, 240), outline=INK, width=3)
    for wheel in (.39, .63):
        sun(draw, (w * wheel, h * .77), 20, INK)
    return image


def scene_night(size, rng):
    image = gradient(size, (8, 12, 40), (20, 50, 70))
    draw = ImageDraw.Draw(image, "RGBA")
    for band in range(5):
        points = [(x, 120 + band * 46 + 40 * math.sin(x / 70 + band)) for x in range(0, size[0] + 20, 20)]
        low = [(x, y + 110) for x, y in reversed(points)]
        draw.polygon(points + low, fill=(60, 240, 150, 46))
    for _ in range(90):
        x, y = rng.randint(0, size[0]), rng.randint(0, size[1] // 2)
        draw.point((x, y), fill=(255, 255, 255, 255))
    hills(draw, size, size[1] * .75, (10, 16, 26), rng, 150)
    return image


def scene_dunes(size, rng):
    image = gradient(size, (255, 190, 110), (255, 230, 180))
    draw = ImageDraw.Draw(image)
    sun(draw, (size[0] * .72, size[1] * .3), 50, (255, 245, 210))
    for base, colour in ((.6, (226, 150, 84)), (.72, (204, 122, 62)), (.86, (176, 96, 48))):
        hills(draw, size, size[1] * base, colour, rng, 90)
    for camel in range(3):
        x, y = 150 + camel * 110, size[1] * .62
        draw.ellipse([x, y, x + 60, y + 30], fill=(90, 54, 30))
        draw.ellipse([x + 18, y - 14, x + 40, y + 14], fill=(90, 54, 30))
        draw.line([x + 56, y + 12, x + 72, y - 22], fill=(90, 54, 30), width=8)
        for leg in (8, 20, 40, 52):
            draw.line([x + leg, y + 20, x + leg, y + 58], fill=(90, 54, 30), width=5)
    return image


def scene_reef(size, rng):
    image = gradient(size, (70, 200, 230), (8, 60, 120))
    draw = ImageDraw.Draw(image)
    for _ in range(40):
        x, y, r = rng.randint(0, size[0]), rng.randint(round(size[1] * .7), size[1]), rng.randint(14, 44)
        sun(draw, (x, y), r, rng.choice([(240, 110, 120), (250, 160, 80), (200, 90, 180), (250, 210, 110)]))
    for _ in range(12):
        x, y = rng.randint(20, size[0] - 60), rng.randint(200, round(size[1] * .68))
        draw.ellipse([x, y, x + 40, y + 20], fill=(255, 220, 60))
        draw.polygon([(x + 36, y + 10), (x + 54, y), (x + 54, y + 20)], fill=(255, 220, 60))
        draw.line([x + 14, y, x + 14, y + 20], fill=INK, width=4)
    w, h = size
    draw.ellipse([w * .35, h * .42, w * .68, h * .58], fill=(70, 120, 70), outline=(40, 80, 40), width=6)
    sun(draw, (w * .72, h * .5), 28, (110, 150, 90))
    return image


def scene_road(size, rng):
    image = gradient(size, (250, 160, 100), (255, 220, 160))
    draw = ImageDraw.Draw(image)
    w, h = size
    for x in (0, .3, .66):
        draw.polygon([(w * x, h * .62), (w * x + 40, h * .46), (w * x + 150, h * .46), (w * x + 190, h * .62)], fill=(176, 74, 52))
    draw.rectangle([0, h * .6, w, h], fill=(214, 164, 104))
    draw.polygon([(w * .46, h * .6), (w * .54, h * .6), (w * .95, h), (w * .05, h)], fill=(70, 68, 66))
    for dash in range(6):
        y = h * (.63 + dash * .065)
        draw.rectangle([w / 2 - 3 - dash, y, w / 2 + 3 + dash, y + 20], fill=(250, 220, 90))
    return image


def scene_city(size, rng):
    image = gradient(size, (60, 60, 110), (240, 150, 120))
    draw = ImageDraw.Draw(image)
    houses(draw, size, round(size[1] * .8), rng, [(50, 46, 70), (70, 60, 84), (40, 40, 60)], (255, 220, 130))
    w, h = size
    draw.rectangle([0, h * .8, w, h], fill=(50, 70, 60))
    draw.arc([w * .25, h * .52, w * .75, h * .95], 180, 360, fill=(60, 130, 90), width=16)
    for x in (.25, .75):
        draw.line([w * x, h * .74, w * x, h * .9], fill=(60, 130, 90), width=14)
        sun(draw, (w * x, h * .55), 20, (255, 240, 180))
    return image


def scene_rice(size, rng):
    image = gradient(size, (255, 236, 190), (190, 226, 170))
    draw = ImageDraw.Draw(image)
    for step in range(9):
        y = size[1] * (.42 + step * .07)
        colour = blend((150, 200, 90), (40, 110, 60), step / 8)
        draw.ellipse([-200 + step * 12, y, size[0] + 200 - step * 20, y + 260], fill=colour, outline=(230, 240, 200), width=3)
    for x in (70, 470):
        draw.line([x, 520, x + 14, 300], fill=(110, 80, 50), width=10)
        for angle in range(0, 360, 45):
            end = (x + 14 + 70 * math.cos(math.radians(angle)), 300 + 40 * math.sin(math.radians(angle)))
            draw.line([(x + 14, 300), end], fill=(30, 120, 60), width=8)
    return image


def scene_stage(size, rng):
    image = Image.new("RGB", size, (30, 14, 34))
    draw = ImageDraw.Draw(image, "RGBA")
    w, h = size
    draw.polygon([(w / 2, -40), (w * .1, h * .8), (w * .9, h * .8)], fill=(255, 240, 160, 90))
    for x in range(0, 130, 26):
        draw.rectangle([x, 0, x + 20, h], fill=(150, 20, 40))
        draw.rectangle([w - x - 20, 0, w - x, h], fill=(150, 20, 40))
    draw.line([w / 2, h * .5, w / 2, h * .78], fill=(200, 200, 200), width=8)
    draw.rounded_rectangle([w / 2 - 22, h * .42, w / 2 + 22, h * .52], 20, fill=(90, 90, 96))
    return image


def scene_ship(size, rng):
    image = gradient(size, (250, 180, 110), (150, 90, 130))
    draw = ImageDraw.Draw(image)
    w, h = size
    sun(draw, (w * .7, h * .42), 60, (255, 220, 140))
    for x in (.1, .22, .84):
        draw.rectangle([w * x, h * .32, w * x + 12, h * .55], fill=(110, 70, 100))
        draw.polygon([(w * x - 4, h * .32), (w * x + 6, h * .26), (w * x + 16, h * .32)], fill=(110, 70, 100))
    draw.rectangle([0, h * .55, w, h], fill=(60, 70, 110))
    draw.polygon([(w * .15, h * .62), (w * .85, h * .62), (w * .75, h * .72), (w * .25, h * .72)], fill=(250, 250, 250))
    draw.rectangle([w * .3, h * .54, w * .7, h * .62], fill=(240, 240, 236))
    draw.rectangle([w * .46, h * .44, w * .54, h * .54], fill=(200, 60, 50))
    for _ in range(9):
        x, y = rng.randint(60, 520), rng.randint(180, 380)
        draw.arc([x, y, x + 26, y + 20], 200, 340, fill=(255, 255, 255), width=3)
        draw.arc([x + 22, y, x + 48, y + 20], 200, 340, fill=(255, 255, 255), width=3)
    return image


def scene_bike(size, rng):
    image = Image.new("RGB", size, (34, 96, 168))
    draw = ImageDraw.Draw(image)
    w, h = size
    for x in (.3, .7):
        draw.ellipse([w * x - 90, h * .5, w * x + 90, h * .5 + 180], outline=(255, 255, 255), width=10)
    hub, seat, bar = (w * .5, h * .61), (w * .42, h * .48), (w * .64, h * .46)
    for a, b in (((w * .3, h * .61), hub), (hub, (w * .62, h * .5)), (seat, hub), (seat, (w * .3, h * .61)), (bar, (w * .7, h * .61))):
        draw.line([a, b], fill=(255, 255, 255), width=10)
    draw.line([seat[0] - 24, seat[1], seat[0] + 24, seat[1]], fill=(255, 255, 255), width=12)
    return image


def scene_car(size, rng):
    image = gradient(size, (120, 206, 230), (255, 230, 190))
    draw = ImageDraw.Draw(image)
    w, h = size
    draw.rectangle([0, h * .5, w, h * .6], fill=(40, 120, 170))
    draw.rectangle([0, h * .6, w, h * .65], fill=(220, 206, 180))
    draw.rectangle([0, h * .65, w, h], fill=(120, 116, 112))
    draw.rounded_rectangle([w * .12, h * .62, w * .9, h * .74], 40, fill=(244, 120, 170))
    draw.polygon([(w * .45, h * .62), (w * .52, h * .54), (w * .55, h * .54), (w * .52, h * .62)], fill=(200, 230, 240))
    for x in (.28, .74):
        sun(draw, (w * x, h * .74), 40, INK)
        sun(draw, (w * x, h * .74), 18, (240, 240, 240))
    return image


def scene_beach(size, rng):
    image = gradient(size, (140, 214, 246), (240, 250, 250))
    draw = ImageDraw.Draw(image)
    w, h = size
    draw.rectangle([0, h * .4, w, h * .65], fill=(40, 190, 196))
    draw.rectangle([0, h * .55, w, h * .68], fill=(130, 230, 220))
    draw.polygon([(0, h * .72), (w, h * .6), (w, h), (0, h)], fill=(252, 242, 216))
    for x, y, r in ((80, .58, 90), (180, .62, 60), (520, .6, 100)):
        draw.ellipse([x - r, h * y - r * .8, x + r, h * y + r * .7], fill=(150, 142, 136))
    draw.line([430, h * .66, 360, h * .28], fill=(130, 100, 60), width=14)
    for angle in range(0, 360, 40):
        end = (360 + 110 * math.cos(math.radians(angle)), h * .28 + 60 * math.sin(math.radians(angle)))
        draw.line([(360, h * .28), end], fill=(40, 140, 70), width=10)
    return image


def scene_whale(size, rng):
    image = gradient(size, (190, 226, 240), (16, 70, 120))
    draw = ImageDraw.Draw(image)
    w, h = size
    draw.rectangle([0, h * .55, w, h], fill=(20, 80, 130))
    draw.chord([w * .15, h * .42, w * .8, h * .72], 180, 360, fill=(50, 64, 84))
    draw.polygon([(w * .78, h * .56), (w * .95, h * .44), (w * .92, h * .58)], fill=(50, 64, 84))
    for x in (-20, 0, 20):
        draw.line([w * .34, h * .42, w * .34 + x, h * .33], fill=(230, 246, 250), width=6)
    draw.polygon([(w * .1, h * .72), (w * .34, h * .72), (w * .3, h * .77), (w * .13, h * .77)], fill=(240, 110, 60))
    return image


def scene_sea(size, rng):
    image = gradient(size, (250, 140, 80), (255, 210, 150))
    draw = ImageDraw.Draw(image)
    w, h = size
    sun(draw, (w * .3, h * .5), 50, (255, 240, 190))
    draw.rectangle([0, h * .56, w, h], fill=(70, 90, 150))
    for index in range(7):
        x, y = w * .45 + index * 46, h * .72 - index * 28
        draw.rectangle([x, y, x + 60, h], fill=(248, 246, 242))
        if index % 3 == 0:
            draw.pieslice([x + 4, y - 26, x + 56, y + 26], 180, 360, fill=(40, 100, 190))
    return image


def scene_bamboo(size, rng):
    image = gradient(size, (214, 236, 180), (90, 150, 80))
    draw = ImageDraw.Draw(image)
    for _ in range(34):
        x, width = rng.randint(0, size[0]), rng.randint(8, 20)
        colour = blend((150, 190, 90), (40, 100, 50), rng.random())
        draw.rectangle([x, 0, x + width, size[1]], fill=colour)
        for y in range(rng.randint(0, 60), size[1], 70):
            draw.line([x, y, x + width, y], fill=(230, 240, 200), width=2)
    draw.polygon([(size[0] * .4, size[1]), (size[0] * .5, size[1] * .5), (size[0] * .62, size[1])], fill=(196, 176, 140))
    return image


def scene_clock(size, rng):
    image = gradient(size, (120, 150, 190), (230, 210, 190))
    draw = ImageDraw.Draw(image)
    w, h = size
    draw.rectangle([w * .24, h * .1, w * .76, h], fill=(150, 130, 110), outline=(90, 74, 60), width=6)
    for radius, colour in ((130, (40, 60, 110)), (104, (220, 180, 90)), (76, (40, 60, 110))):
        sun(draw, (w / 2, h * .48), radius, colour)
    for hour in range(12):
        angle = math.radians(hour * 30)
        sun(draw, (w / 2 + 117 * math.sin(angle), h * .48 - 117 * math.cos(angle)), 7, (250, 230, 170))
    draw.line([w / 2, h * .48, w / 2 + 50, h * .48 - 60], fill=(250, 230, 170), width=8)
    draw.line([w / 2, h * .48, w / 2 - 20, h * .48 + 90], fill=(250, 230, 170), width=5)
    return image


def scene_stalls(size, rng):
    image = gradient(size, (30, 20, 50), (90, 40, 50))
    draw = ImageDraw.Draw(image)
    w, h = size
    for stall in range(3):
        x = stall * w / 3 + 12
        draw.rectangle([x, h * .5, x + w / 3 - 24, h * .8], fill=rng.choice([(200, 80, 60), (60, 130, 120), (210, 150, 60)]))
        draw.polygon([(x - 8, h * .5), (x + 20, h * .38), (x + w / 3 - 44, h * .38), (x + w / 3 - 16, h * .5)], fill=(240, 220, 190))
        draw.ellipse([x + 60, h * .74, x + 110, h * .8], fill=(240, 240, 240))
    for lantern in range(7):
        sun(draw, (40 + lantern * (w - 80) / 6, h * (.16 + .05 * (lantern % 2))), 24, (250, 120, 60))
    for stool in range(6):
        x = 30 + stool * (w - 80) / 5
        draw.rectangle([x, h * .88, x + 36, h * .96], fill=(40, 110, 200))
    return image


def scene_wall(size, rng):
    image = gradient(size, (120, 124, 130), (84, 88, 96))
    draw = ImageDraw.Draw(image)
    w, h = size
    draw.polygon([(0, 0), (w * .6, 0), (w * .45, h * .86), (0, h * .86)], fill=(206, 180, 140))
    draw.polygon([(w * .6, 0), (w, 0), (w, h * .86), (w * .45, h * .86)], fill=(186, 158, 118))
    for _ in range(46):
        x, y, r = rng.randint(20, w - 20), rng.randint(20, round(h * .8)), rng.randint(8, 18)
        sun(draw, (x, y), r, rng.choice([(220, 60, 60), (60, 140, 220), (250, 200, 50), (80, 170, 90)]))
    draw.rectangle([0, h * .86, w, h], fill=(40, 60, 120))
    return image


SCENES = {name[6:]: scene for name, scene in list(globals().items()) if name.startswith("scene_")}


def titled(image, words, dark):
    """A title above, the rest in a band below."""
    draw = ImageDraw.Draw(image, "RGBA")
    w, h = image.size
    ink = (255, 255, 255) if dark else INK
    write(draw, words[:1], (30, 36, w - 30, 0), 64, ink, centre=True)
    if words[1:]:
        top = h - 44 - 34 * len(words[1:])
        draw.rectangle([0, top - 14, w, h], fill=(250, 247, 240, 235))
        write(draw, words[1:], (30, top, w - 30, 0), 25, INK, centre=True)
    return image


def poster(kind, words, rng):
    dark = kind in ("night", "stage", "bike", "city", "whale", "reef")
    return titled(SCENES[kind](SIZES["poster"], rng), words, dark)


def post(kind, words, rng):
    w, h = SIZES["post"]
    image = Image.new("RGB", (w, h), (255, 255, 255))
    draw = ImageDraw.Draw(image)
    sun(draw, (40, 40), 24, (200, 90, 140))
    draw.text((76, 26), words[0], font=font(24), fill=INK)
    image.paste(SCENES[kind]((w, 480), rng), (0, 80))
    for x, mark in ((30, "LIKE"), (110, "REPLY"), (204, "SHARE")):
        draw.text((x, 578), mark, font=font(16), fill=(120, 120, 120))
    write(draw, words[1:], (30, 616, w - 30, 0), 27, INK)
    return image


def barcode(draw, box, rng):
    x = box[0]
    while x < box[2]:
        width = rng.choice([2, 3, 5])
        draw.rectangle([x, box[1], x + width, box[3]], fill=INK)
        x += width + rng.choice([2, 4])


def ticket(_, words, rng):
    w, h = SIZES["ticket"]
    colour = rng.choice([(252, 238, 214), (222, 238, 248), (236, 246, 226)])
    image = Image.new("RGB", (w, h), (206, 206, 206))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle([20, 20, w - 20, h - 20], 22, fill=colour)
    for y in range(30, h - 30, 16):
        draw.line([w - 200, y, w - 200, y + 8], fill=(150, 150, 150), width=3)
    write(draw, words[:1], (50, 46, w - 230, 0), 46, (180, 40, 40))
    write(draw, words[1:], (50, 122, w - 230, 0), 32, INK)
    barcode(draw, (w - 180, 60, w - 50, h - 60), rng)
    return image


def boarding(_, words, rng):
    w, h = SIZES["boarding"]
    image = Image.new("RGB", (w, h), (24, 60, 120))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle([24, 90, w - 24, h - 40], 24, fill=(255, 255, 255))
    write(draw, words[:1], (24, 34, w - 24, 0), 30, (255, 255, 255), centre=True)
    write(draw, words[1:2], (44, 120, w - 44, 0), 60, INK, centre=True)
    write(draw, words[2:], (60, 230, w - 60, 0), 34, INK)
    cell = 10
    for row in range(22):
        for column in range(22):
            if rng.random() < .5:
                x, y = w / 2 - 110 + column * cell, 420 + row * cell
                draw.rectangle([x, y, x + cell - 1, y + cell - 1], fill=INK)
    return image


def app(_, words, rng):
    w, h = SIZES["app"]
    accent = rng.choice([(0, 110, 100), (190, 60, 40), (50, 80, 180), (120, 60, 140)])
    image = Image.new("RGB", (w, h), (240, 241, 243))
    draw = ImageDraw.Draw(image)
    draw.rectangle([0, 0, w, 130], fill=accent)
    draw.text((20, 12), "9:41", font=font(18), fill=(255, 255, 255))
    write(draw, words[:1], (24, 62, w - 24, 0), 36, (255, 255, 255))
    y = 160
    for line in words[1:]:
        draw.rounded_rectangle([20, y, w - 20, y + 76], 14, fill=(255, 255, 255))
        sun(draw, (54, y + 38), 14, accent)
        write(draw, [line], (84, y + 24, w - 34, 0), 25, INK)
        y += 92
    draw.rounded_rectangle([20, h - 86, w - 20, h - 26], 28, outline=accent, width=4)
    draw.text((w / 2 - 14, h - 70), "OK", font=font(26), fill=accent)
    return image


def note(kind, words, rng):
    w, h = 620, 180 + 62 * len(words)
    image = Image.new("RGB", (w, h), (254, 250, 226) if kind != "recipe" else (250, 240, 220))
    draw = ImageDraw.Draw(image)
    for y in range(110, h, 62):
        draw.line([0, y, w, y], fill=(190, 206, 226), width=2)
    draw.line([76, 0, 76, h], fill=(236, 150, 150), width=3)
    if kind == "recipe":
        for _ in range(5):
            x, y, r = rng.randint(300, w), rng.randint(40, h), rng.randint(12, 40)
            sun(draw, (x, y), r, (238, 222, 190))
    write(draw, words, (100, 62, w - 30, 0), 34, (34, 48, 110), gap=62 / 34)
    return image


def table(kind, words, rng):
    w, h = 720, 130 + 64 * len(words)
    image = Image.new("RGB", (w, h), (255, 255, 255))
    draw = ImageDraw.Draw(image)
    head = (126, 30, 50) if kind == "wine" else rng.choice([(20, 80, 130), (40, 90, 70), (90, 70, 40)])
    draw.rectangle([0, 0, w, 92], fill=head)
    write(draw, words[:1], (30, 24, w - 30, 0), 38, (255, 255, 255))
    for row, line in enumerate(words[1:]):
        y = 104 + row * 64
        if row % 2:
            draw.rectangle([0, y, w, y + 64], fill=(238, 242, 246))
        write(draw, [line], (30, y + 16, w - 30, 0), 29, INK)
    draw.rectangle([0, 0, w - 1, h - 1], outline=(180, 180, 180), width=3)
    if kind == "wine":
        draw.ellipse([w - 160, h - 120, w - 50, h - 20], outline=(170, 60, 90), width=6)
    return image


def chart(kind, words, rng):
    w, h = 760, 600
    image = Image.new("RGB", (w, h), (234, 240, 222))
    draw = ImageDraw.Draw(image)
    if kind == "grid":
        for x in range(0, w, 92):
            draw.rectangle([x, 90, x + 76, h], fill=(222, 216, 204))
        for y in range(150, h, 110):
            draw.rectangle([0, y, w, y + 18], fill=(255, 255, 255))
    else:
        for ring in range(6):
            draw.ellipse([90 + ring * 44, 120 + ring * 34, w - 90 - ring * 30, h - 40 - ring * 34],
                         outline=(170, 160, 120), width=3)
    draw.rectangle([0, 0, w, 82], fill=(70, 90, 60))
    write(draw, words[:1], (30, 20, w - 30, 0), 40, (255, 255, 255))
    places = words[1:]
    points = [(90 + index * (w - 330) / max(1, len(places) - 1), 150 + (index * 173) % 330 + rng.randint(0, 40))
              for index in range(len(places))]
    if kind != "grid":
        draw.line(points, fill=(200, 50, 40), width=6, joint="curve")
    for (x, y), line in zip(points, places):
        sun(draw, (x, y), 13, (200, 50, 40))
        face = fitted(draw, line, min(300, w - x - 20), 27)
        wide = draw.textlength(line, font=face)
        x = min(x + 18, w - wide - 12)
        draw.rectangle([x - 4, y - 18, x + wide + 6, y + 18], fill=(255, 255, 250))
        draw.text((x, y - 15), line, font=face, fill=INK)
    return image


def stamps(_, words, rng):
    w, h = SIZES["stamps"]
    image = Image.new("RGB", (w, h), PAPER)
    draw = ImageDraw.Draw(image)
    write(draw, words[:1], (30, 24, w - 30, 0), 38, INK, centre=True)
    for index, line in enumerate(words[1:]):
        x, y = 200 + (index % 2) * 350, 200 + (index // 2) * 220
        colour = rng.choice([(30, 60, 150), (150, 30, 40), (30, 110, 60)])
        draw.ellipse([x - 150, y - 84, x + 150, y + 84], outline=colour, width=7)
        draw.ellipse([x - 136, y - 70, x + 136, y + 70], outline=colour, width=2)
        write(draw, [line], (x - 118, y - 18, x + 118, 0), 28, colour, centre=True)
    return image


def form(_, words, rng):
    w, h = 640, 760
    image = Image.new("RGB", (w, h), (248, 248, 246))
    draw = ImageDraw.Draw(image)
    write(draw, words[:1], (40, 40, w - 40, 0), 30, INK)
    for index, line in enumerate(words[1:]):
        y = 120 + index * 104
        draw.rectangle([40, y, w - 40, y + 78], outline=(120, 120, 120), width=2)
        write(draw, [line], (56, y + 24, w - 56, 0), 28, (34, 48, 110))
    draw.rounded_rectangle([250, 590, 390, 690], 14, outline=INK, width=5)
    draw.arc([290, 566, 350, 616], 180, 360, fill=INK, width=5)
    return image


def menu(_, words, rng):
    w, h = 600, 760
    image = Image.new("RGB", (w, h), (44, 32, 28))
    draw = ImageDraw.Draw(image)
    write(draw, words[:1], (40, 40, w - 40, 0), 84, (240, 90, 60), centre=True)
    write(draw, words[1:], (60, 180, w - 60, 0), 36, (250, 236, 210), gap=1.6)
    draw.chord([190, 560, 410, 780], 0, 180, fill=(200, 60, 50))
    for x in (230, 270, 310, 350):
        draw.arc([x, 610, x + 44, 690], 180, 360, fill=(250, 226, 150), width=7)
    draw.line([380, 540, 300, 680], fill=(220, 190, 140), width=7)
    return image


def sign(_, words, rng):
    w, h = 600, 680
    image = gradient((w, h), (96, 70, 50), (60, 44, 34))
    draw = ImageDraw.Draw(image)
    draw.rectangle([50, 50, w - 50, 480], fill=PAPER, outline=(140, 100, 60), width=8)
    write(draw, words[:1], (80, 84, w - 80, 0), 50, (120, 30, 30), centre=True)
    write(draw, words[1:], (80, 180, w - 80, 0), 34, INK, centre=True, gap=1.7)
    x = 30
    while x < w - 60:
        width, height = rng.randint(18, 36), rng.randint(90, 150)
        draw.rectangle([x, 660 - height, x + width, 660], fill=rng.choice([(160, 50, 40), (40, 90, 110), (200, 160, 60), (70, 110, 70)]))
        x += width + 4
    return image


def whiteboard(_, words, rng):
    w, h = 800, 520
    image = Image.new("RGB", (w, h), (244, 246, 247))
    draw = ImageDraw.Draw(image)
    draw.rectangle([0, 0, w - 1, h - 1], outline=(170, 170, 174), width=14)
    write(draw, words[:1], (50, 36, 400, 0), 46, (200, 30, 40))
    draw.ellipse([36, 20, 380, 104], outline=(200, 30, 40), width=5)
    for index, line in enumerate(words[1:]):
        y = 130 + index * 88
        draw.rectangle([50, y, w - 60, y + 68], fill=rng.choice([(255, 240, 140), (190, 230, 255), (210, 245, 190)]))
        write(draw, [line], (70, y + 18, w - 80, 0), 30, (30, 40, 90))
    return image


def quote(_, words, rng):
    w, h = SIZES["quote"]
    image = Image.new("RGB", (w, h), (236, 230, 220))
    draw = ImageDraw.Draw(image)
    draw.text((40, 10), "\u201c", font=font(150), fill=(190, 170, 140))
    end = write(draw, words[:-1], (80, 130, w - 60, 0), 36, INK)
    write(draw, words[-1:], (80, end + 40, w - 60, 0), 24, (120, 100, 80))
    return image


def advert(_, words, rng):
    w, h = 620, 780
    image = Image.new("RGB", (w, h), (246, 240, 230))
    draw = ImageDraw.Draw(image)
    draw.rectangle([0, 400, w, 500], fill=(206, 176, 140))
    draw.rounded_rectangle([200, 160, 420, 360], 40, fill=(70, 120, 84))
    draw.rounded_rectangle([170, 300, 450, 390], 30, fill=(90, 146, 104))
    for x, lean in ((200, -16), (420, 16)):
        draw.line([x, 385, x + lean, 470], fill=(96, 60, 36), width=14)
    draw.line([520, 110, 520, 470], fill=INK, width=6)
    draw.polygon([(470, 160), (570, 160), (550, 90), (490, 90)], fill=(236, 196, 90))
    write(draw, words[:1], (40, 530, w - 40, 0), 46, INK)
    write(draw, words[1:], (40, 604, w - 40, 0), 32, INK)
    return image


LAYOUTS = {"poster": poster, "post": post, "ticket": ticket, "boarding": boarding, "app": app,
           "note": note, "table": table, "map": chart, "stamps": stamps, "form": form, "menu": menu,
           "sign": sign, "whiteboard": whiteboard, "quote": quote, "advert": advert}


def save(image, path, caption):
    exif = Image.Exif()
    if caption:
        exif[0x010E] = caption.encode("ascii", "replace").decode()
    if path.suffix == ".jpg":
        image.save(path, quality=82, optimize=True, exif=exif)
    elif path.suffix == ".webp":
        image.save(path, quality=80, method=6, exif=exif)
    elif path.suffix == ".gif":
        image.quantize(128).save(path, optimize=True, comment=caption.encode())
    else:
        info = PngImagePlugin.PngInfo()
        if caption:
            info.add_itxt("Description", caption)
        image.quantize(192).save(path, optimize=True, pnginfo=info)


def main():
    items = json.loads((HERE / "items.json").read_text(encoding="utf-8"))
    folder = HERE / "images"
    folder.mkdir(exist_ok=True)
    for item in items:
        layout, _, kind = item["scene"].partition(":")
        rng = random.Random(item["file"])
        words = item["image_details"]["extracted_text"]
        image = LAYOUTS[layout](kind, words, rng)
        caption = "" if layout in WITHOUT_CAPTION else item["headline"]
        save(image, folder / item["file"], caption)
        item["width"], item["height"] = image.size
    text = json.dumps(items, ensure_ascii=False, indent=1) + "\n"
    (HERE / "items.json").write_text(text, encoding="utf-8")
    known = {item["file"] for item in items}
    strangers = [path.name for path in folder.iterdir() if path.name not in known]
    if strangers:
        sys.exit(f"no items: {', '.join(sorted(strangers))}")


if __name__ == "__main__":
    main()
